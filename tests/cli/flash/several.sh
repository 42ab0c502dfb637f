# Two devices at once, one of which fails.
printf "one\n" > a.bin
fake_device stub=stub.bin port=good fake_device port=bad protected \
    otatool flash --firmware . --port good,bad 0x1000 a.bin
