# Cuts in native code; counts vary with the compiler of the boot.
cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
counts() {
    sed -E 's/[0-9]+( pages|\.[0-9] s| erases| distinct)/N\1/g; s/(unpacker:).*/\1 .../
        s/(user[12] +[12] ).*( [0-9]+)$/\1...\2/'
}
otatool simulate --cuts one --faults --for 512+512@1M --boot 1.7 --slot user1 pack.bin | counts
for cuts in pairs any random:9; do
    otatool simulate --cuts $cuts --tears 3 --for 512+512@1M --boot 1.7 --slot user2 --profiles few pack.bin | counts
done
otatool simulate -q --cuts any --for 512+512@1M --boot 1.2 --slot user1 pack.bin
