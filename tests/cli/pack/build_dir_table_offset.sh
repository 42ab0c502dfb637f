# The build's own table offset is held against it.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
mkdir build
mv boot.bin table.bin hello.bin build
printf '%s\n' '0x0 boot.bin' '0x7000 hello.bin' '0x5000 table.bin' \
    > build/flash_project_args
echo 'CONFIG_PARTITION_TABLE_OFFSET=0x8000' > sdkconfig
otatool pack -q build
