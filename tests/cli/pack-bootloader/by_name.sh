# Our own bootloader gives the part at 0.
cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool pack -q -o same.bin 0 "$IMAGES/otatool_boot.bin" \
    0x5000 table.bin 0x7000 app.bin
cmp pack.bin same.bin
# Boot 1.2, which only ours knows; and one app serves both slots.
otatool verify pack.bin | grep -E '512\+512@1M|note: each|verdict'
