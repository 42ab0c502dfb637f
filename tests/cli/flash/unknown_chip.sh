printf "one\n" > a.bin
fake_device stub=stub.bin mark=0x12345678 otatool flash --firmware . --port port --attempts 1 0x1000 a.bin
