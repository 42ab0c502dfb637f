# A device that restarts, on a port that cannot reset it.
seq 5000 > a.bin
fake_device stub=stub.bin reset=3000 otatool flash --firmware . --port port --attempts 1 0x1000 a.bin
