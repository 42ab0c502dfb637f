printf "one\n" > a.bin
head -c 1048576 /dev/zero | tr '\000' '\377' > flash.img
fake_device stub=stub.bin flash=flash.img stray otatool flash --guard --firmware . --port port 0x1000 a.bin
