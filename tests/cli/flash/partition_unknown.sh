cp "$FIRMWARE/app.bin" "$FIRMWARE/bootloader.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
fake_device stub=stub.bin flash=flash.img otatool flash -q --firmware . --port port 0x5000 table.bin
fake_device stub=stub.bin flash=flash.img otatool flash --firmware . --port port --partition maps app.bin
