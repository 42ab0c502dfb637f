printf "one\n" > a.bin
mkdir empty
fake_device otatool flash --firmware empty --port port 0x1000 a.bin
