cp "$FIRMWARE/bootloader.bin" "$FIRMWARE/app.bin" .
otatool pack -o pack.bin --bootloader otatool 0x0 bootloader.bin 0x7000 app.bin
