# The make build, known by its files.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
mkdir -p build/bootloader
mv boot.bin build/bootloader/bootloader.bin
mv table.bin build/partitions_two_ota_v2tov3.1MB.bin
mv hello.bin phy.bin build
mv build/phy.bin build/phy_init_data.bin
cp build/hello.bin build/hello.app1.bin
cp "$DATA/app_85000" build/hello.app2.bin
cp build/hello.bin build/hello.bin.old
cp "$DATA/ota_data_initial" build/ota_data_initial.bin
echo 'CONFIG_PARTITION_TABLE_OFFSET=0x5000' > sdkconfig
otatool pack -q build
otatool pack -q build
sha256sum build/hello.v2_to_v3.ota.bin
