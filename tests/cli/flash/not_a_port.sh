printf "one\n" > a.bin
: > file
fake_device stub=stub.bin otatool flash --firmware . --port file 0x1000 a.bin
