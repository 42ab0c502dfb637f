printf "one\n" > a.bin
fake_device stub=stub.bin most-baud=230400 otatool flash --firmware . --port port --attempts 1 --baud 921600 0x1000 a.bin
