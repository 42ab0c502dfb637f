head -c 1048576 /dev/zero > flash.img
fake_device stub=stub.bin flash=flash.img otatool erase-flash --firmware . --port port
tr -d '\377' < flash.img | wc -c
head -c 1048576 /dev/zero > flash.img
fake_device flash=flash.img otatool erase-flash --no-stub --port port
tr -d '\377' < flash.img | wc -c
fake_device stub=stub.bin flash=flash.img otatool flash -q --firmware . --port port 0 stub.bin
fake_device stub=stub.bin flash=flash.img protected otatool erase-flash --firmware . --port port
