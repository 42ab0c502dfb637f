cp "$DATA/boot_small" bootloader.bin
otatool inspect bootloader.bin
