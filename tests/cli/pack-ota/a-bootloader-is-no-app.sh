cp "$DATA/boot_small" .
otatool pack --kind ota -o a.bin boot_small
