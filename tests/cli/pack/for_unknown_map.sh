# An unknown map is wrong usage.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
otatool pack --for 512+512@3M 0x0 boot.bin 0x7000 hello.bin
