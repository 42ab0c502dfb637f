cp "$DATA/app_small" hello.bin
otatool inspect hello.bin
