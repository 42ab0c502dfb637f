# A port that is named twice is one device.
printf "one\n" > a.bin
fake_device stub=stub.bin otatool flash --firmware . --port port,port 0x1000 a.bin
