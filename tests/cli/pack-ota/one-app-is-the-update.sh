cp "$DATA/app_small" hello.bin
otatool pack --kind ota hello.bin
cmp hello.bin hello.ota.bin
