otatool pack -o pack.bin --bootloader otatool --firmware . 0x7000 app.bin
