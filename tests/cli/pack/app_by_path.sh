# --app may be a path.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
mkdir a
mv hello.bin a/app.bin
otatool pack -q -o out.bin --app a/app.bin \
    0x0 boot.bin 0x5000 table.bin 0x7000 a/app.bin
ls out.bin
