printf "one\n" > a.bin
fake_device stub=stub.bin otatool flash --firmware . --port port 0x1001 a.bin
