# --for judges for the maps named and no others.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
otatool pack -o out.bin --for 512+512@1M \
    0 boot.bin 20480 table.bin 28K hello.bin
