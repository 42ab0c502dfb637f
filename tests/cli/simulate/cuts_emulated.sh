# The machine code itself, in each operation of a start from user1.
cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool simulate --gear emulator --cuts one --for 512+512@1M --boot 1.7 --slot user1 --profiles few pack.bin |
    sed -E 's/(user1 +[12] ).*( [0-9]+)$/\1...\2/; s/[0-9]+ distinct/N distinct/'
