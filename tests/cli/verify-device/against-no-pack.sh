# A device is asked for what is no pack: not the device is at fault.
put() { dd of=flash.bin bs=1 seek=$(($1)) conv=notrunc status=none; }
head -c 1048576 /dev/zero | tr '\0' '\377' >flash.bin
put 0 <"$IMAGES/old_boot_1.7.bin"
printf '\040' | put 3
put 0x1000 <"$IMAGES/old_app_512_user1.bin"
printf '\004\207' | put 0xfd000
printf '\000' | put 0xff000
cp "$DATA/app_small" app.bin
otatool verify --against app.bin flash.bin
