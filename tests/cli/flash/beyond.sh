head -c 5000 /dev/zero > a.bin
fake_device stub=stub.bin otatool flash --firmware . --port port 0xff000 a.bin
