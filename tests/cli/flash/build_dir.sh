cp "$FIRMWARE/app.bin" "$FIRMWARE/bootloader.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
mkdir build
mv table.bin app.bin bootloader.bin build
cat > build/flasher_args.json <<'END'
{"flash_files": {"0x0": "bootloader.bin", "0x5000": "table.bin", "0x7000": "app.bin"},
 "app": {"offset": "0x7000", "file": "app.bin"}}
END
fake_device stub=stub.bin flash=flash.img otatool flash --firmware . --port port build | sed 's/[0-9]* KB /N KB /g'
fake_device stub=stub.bin flash=flash.img otatool flash --firmware . --port port --app build | sed 's/[0-9]* KB /N KB /g'
