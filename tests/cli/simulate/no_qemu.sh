cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool simulate --qemu ./qemu-of-nowhere pack.bin
