# ota_data_initial.bin stays out, as in the reference.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
cp "$DATA/ota_data_initial" ota_data_initial.bin
otatool pack -q -o out.bin 0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin \
    0x83000 ota_data_initial.bin
otatool pack -q -o same.bin 0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin
cmp out.bin same.bin
