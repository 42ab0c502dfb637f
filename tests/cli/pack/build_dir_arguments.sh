# A saved flash command of either build.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
mkdir build
mv boot.bin table.bin hello.bin phy.bin build
printf '%s\n' '--flash_mode dio --flash_size 1MB --flash_freq 40m' \
    '0x0 boot.bin' '0x7000 hello.bin' '0x5000 table.bin' '0x6000 phy.bin' \
    > build/flash_project_args
otatool pack -q build
sha256sum build/*.v2_to_v3.ota.bin
