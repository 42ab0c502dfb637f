# --app must not name two parts.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
mkdir a b
cp hello.bin a/app.bin
cp hello.bin b/app.bin
otatool pack -o out.bin --app app.bin \
    0x0 boot.bin 0x5000 table.bin 0x7000 a/app.bin 0x80000 b/app.bin
