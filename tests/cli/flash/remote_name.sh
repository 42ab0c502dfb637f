printf "one\n" > a.bin
fake_device stub=stub.bin otatool flash --firmware . --port rfc2217://nowhere 0x1000 a.bin
