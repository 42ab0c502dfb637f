# Espressif's unpacker takes boot 1.2's slots for one another.
cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool simulate --upstream --cuts any --for 512+512@1M --boot 1.2 --slot user1 pack.bin |
    sed -E 's/(user1 +[12] ).*( [0-9]+)$/\1...\2/'
otatool simulate --upstream --json --cuts any --for 512+512@1M --boot 1.2 --slot user2 --profiles few pack.bin
