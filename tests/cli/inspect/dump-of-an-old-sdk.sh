# Byte 3 of the image at 0 names the map, 512+512@1M; by the parameters of
# boot 1.6 user1 runs.
put() { dd of=flash.bin bs=1 seek=$(($1)) conv=notrunc status=none; }
head -c 1048576 /dev/zero | tr '\0' '\377' >flash.bin
put 0 <"$DATA/boot_tiny"
printf '\040' | put 3
put 0x1000 <"$DATA/ea_user1"
put 0x81000 <"$DATA/ea_user2"
printf '\004\046' | put 0xfd000
printf '\000' | put 0xff000
otatool inspect flash.bin
