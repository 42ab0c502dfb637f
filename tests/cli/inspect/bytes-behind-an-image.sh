# A part of a flash dump begins with a bootloader, and is not one.
head -c 20000 /dev/zero | tr '\0' '\377' >cut.bin
dd if="$DATA/boot_small" of=cut.bin conv=notrunc status=none
otatool inspect cut.bin
