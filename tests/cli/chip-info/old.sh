# A device of the old SDK: boot 1.6, 512+512@1M, user1 runs.
put() { dd of=flash.img bs=1 seek=$(($1)) conv=notrunc status=none; }
head -c 1048576 /dev/zero | tr '\0' '\377' >flash.img
put 0 <"$IMAGES/old_boot_1.6.bin"
printf '\040' | put 3
put 0x1000 <"$DATA/ea_user1"
put 0x81000 <"$DATA/ea_user2"
printf '\004\046' | put 0xfd000
printf '\000' | put 0xff000
fake_device stub=stub.bin flash=flash.img otatool chip-info --firmware . --port port
