# Any file will do; "otatool" in this folder is ./otatool.
cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
cp "$FIRMWARE/bootloader.bin" otatool
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader ./otatool \
    0x5000 table.bin 0x7000 app.bin
otatool pack -q -o same.bin 0x0 otatool 0x5000 table.bin 0x7000 app.bin
cmp pack.bin same.bin
