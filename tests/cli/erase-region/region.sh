head -c 1048576 /dev/zero > flash.img
fake_device stub=stub.bin flash=flash.img otatool erase-region --firmware . --port port 0x3000 0x2000
fake_device flash=flash.img otatool erase-region --no-stub --port port 0x9000 4K
tr -d '\000' < flash.img | wc -c
fake_device stub=stub.bin otatool erase-region --firmware . --port port 0x3000 100
