# A missing part is told.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
otatool pack -o out.bin 0x0 boot.bin 0x5000 table.bin 0x7000 none.bin
