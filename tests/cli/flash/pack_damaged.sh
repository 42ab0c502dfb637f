# A pack with a flipped bit is not laid out.
cp "$FIRMWARE/app.bin" "$FIRMWARE/bootloader.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin 0 bootloader.bin 0x5000 table.bin 0x7000 app.bin
printf '\252' | dd of=pack.bin bs=1 seek=40000 conv=notrunc 2> dd
fake_device stub=stub.bin flash=flash.img otatool flash --firmware . --port port pack.bin 2> said || status=$?
sed 's/0x[0-9a-f]\{6,8\}/CRC/g' said
exit "${status:-0}"
