head -c 5000 /dev/zero > pack.bin
otatool simulate --firmware . pack.bin
