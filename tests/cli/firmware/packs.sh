# Real code for the chip is packed, judged good, and is the parts it was
# made of.
cp "$FIRMWARE"/*.bin .
cp "$DATA/pt_v2tov3_1M" partitions.bin
otatool pack --quiet 0x0 bootloader.bin 0x5000 partitions.bin \
    0x6000 phy_init_data.bin 0x7000 app.bin
otatool verify --quiet app.v2_to_v3.ota.bin
dd if=app.v2_to_v3.ota.bin bs=4096 skip=6 status=none |
    head -c "$(stat -c %s app.bin)" | cmp - app.bin
