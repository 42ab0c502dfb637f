# The ROM alone.
printf "one\n" > a.bin
fake_device flash=flash.img otatool flash --no-stub --port port 0x1000 a.bin
fake_device flash=flash.img otatool verify-flash --no-stub --port port 0x1000 a.bin
fake_device flash=flash.img otatool read-flash --no-stub --port port -o back.bin 0x1000 4
cat back.bin
