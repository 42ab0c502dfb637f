# The first sector that differs is named.
printf "one\n" > a.bin
head -c 20000 /dev/zero > b.bin
fake_device stub=stub.bin flash=flash.img otatool flash -q --firmware . --port port 0x1000 a.bin 0x3000 b.bin
fake_device stub=stub.bin flash=flash.img otatool verify-flash --firmware . --port port 0x1000 a.bin 0x3000 b.bin
printf x | dd of=flash.img bs=1 seek=20500 conv=notrunc 2>/dev/null
fake_device stub=stub.bin flash=flash.img otatool verify-flash --firmware . --port port 0x1000 a.bin 0x3000 b.bin
