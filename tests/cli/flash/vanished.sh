seq 5000 > a.bin
fake_device stub=stub.bin vanish=3000 otatool flash --firmware . --port port --attempts 1 0x1000 a.bin
