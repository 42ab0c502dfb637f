# A range, and all.
head -c 1048576 /dev/zero > flash.img
printf 'here' | dd of=flash.img bs=1 seek=5000 conv=notrunc 2>/dev/null
fake_device stub=stub.bin flash=flash.img otatool read-flash --firmware . --port port -o part.bin 5000 4
cat part.bin
echo
fake_device stub=stub.bin flash=flash.img otatool read-flash --firmware . --port port -o all.bin
cmp all.bin flash.img
fake_device stub=stub.bin otatool read-flash --firmware . --port port -o part.bin 1M 1
