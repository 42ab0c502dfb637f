printf "one\n" > a.bin
fake_device stub=stub.bin port=one fake_device port=two mac=0x11 \
    otatool flash --firmware . --port one,two 0x1000 a.bin
