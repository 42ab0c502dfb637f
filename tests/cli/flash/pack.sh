# As after migration, with the bootloader at 0.
cp "$FIRMWARE/app.bin" "$FIRMWARE/bootloader.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin 0 bootloader.bin 0x5000 table.bin 0x7000 app.bin
fake_device stub=stub.bin flash=flash.img otatool flash --firmware . --port port pack.bin | sed 's/[0-9]* KB /N KB /g'
size=$(stat -c %s bootloader.bin)
cmp -n "$size" flash.img bootloader.bin
cmp -n "$(stat -c %s app.bin)" -i 28672:0 flash.img app.bin
otatool verify flash.img | head -2
