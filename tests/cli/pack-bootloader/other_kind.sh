otatool pack --kind ota --bootloader otatool app.bin
