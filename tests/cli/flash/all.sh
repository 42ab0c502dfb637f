# All ports that are there, and each of them tells how it ended.
printf "one\n" > a.bin
export OTATOOL_PORTS='ttyB*,ttyA*'
fake_device stub=stub.bin port=ttyA0 fake_device port=ttyB0 mac=0x11 \
    fake_device port=ttyB1 mac=0x12 protected \
    otatool flash --firmware . --all 0x1000 a.bin
