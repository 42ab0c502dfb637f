printf "one\n" > a.bin
fake_device stub=stub.bin otatool flash --firmware . --port= 0x1000 a.bin
