# Parts to their places; the second time nothing is left to do.
cp "$DATA/od_a1" a.bin
head -c 70000 "$DATA/boot_1M" > b.bin 2>/dev/null || head -c 70000 /dev/zero > b.bin
flash() { fake_device stub=stub.bin flash=flash.img otatool "$@" --firmware . --port port 0x2000 a.bin 0x10000 b.bin; }
flash flash
flash flash
flash verify-flash
cmp -n "$(stat -c %s b.bin)" -i 65536:0 flash.img b.bin
printf x | dd of=flash.img bs=1 seek=70000 conv=notrunc 2>/dev/null
flash flash
