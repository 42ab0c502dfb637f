# What was there before is gone; an interrupted run goes on.
head -c 1048576 /dev/zero > flash.img
seq 90000 > big.bin
printf "one\n" > a.bin
fake_device stub=stub.bin flash=flash.img vanish=150000 otatool flash --erase-all --full --firmware . --port port 0x2000 a.bin 0x10000 big.bin || true
ls "$HOME/.local/state/otatool"
fake_device stub=stub.bin flash=flash.img otatool flash --erase-all --full --firmware . --port port 0x2000 a.bin 0x10000 big.bin | grep -c 'from an interrupted run'
ls "$HOME/.local/state/otatool"
cmp -n "$(stat -c %s big.bin)" -i 65536:0 flash.img big.bin
head -c 65536 flash.img | tr -d '\377' | wc -c
