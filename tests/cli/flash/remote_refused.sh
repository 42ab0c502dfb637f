printf "one\n" > a.bin
fake_device stub=stub.bin otatool flash --firmware . --port socket://127.0.0.1:1 0x1000 a.bin
