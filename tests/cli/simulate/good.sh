# Every device of a kind; times and counts vary with the compiler.
cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool simulate --for 512+512@1M --boot 1.2,1.7 pack.bin |
    sed -E 's/ [0-9]+\.[0-9] s +[0-9]+ +[0-9]+ / ... /'
otatool simulate -q --for 512+512@1M --boot 1.2 --slot user2 pack.bin
