printf "one\n" > a.bin
fake_device stub=stub.bin port=good fake_device port=bad protected \
    otatool flash --json --firmware . --port good,bad 0x1000 a.bin 2>/dev/null
