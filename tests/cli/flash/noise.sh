printf "one\n" > a.bin
fake_device stub=stub.bin noisy otatool flash --firmware . --port port --attempts 1 0x1000 a.bin
