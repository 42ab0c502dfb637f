# An ESP32.
printf "one\n" > a.bin
fake_device stub=stub.bin mark=0x00f01d83 otatool flash --firmware . --port port --attempts 1 0x1000 a.bin
