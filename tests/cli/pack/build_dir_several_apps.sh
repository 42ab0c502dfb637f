# Of several apps one must be named.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
mkdir -p build/bootloader
mv boot.bin build/bootloader/bootloader.bin
mv table.bin build/partitions.bin
mv hello.bin build/hello.bin
cp build/hello.bin build/world.bin
echo 'CONFIG_PARTITION_TABLE_OFFSET=0x5000' > sdkconfig
otatool pack -q --app world.bin build
ls build
otatool pack build
