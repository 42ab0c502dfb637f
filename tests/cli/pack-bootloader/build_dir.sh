# In a build folder it takes the place of the build's own.
mkdir -p build/bootloader
cp "$FIRMWARE/bootloader.bin" build/bootloader/bootloader.bin
cp "$FIRMWARE/app.bin" build/hello.bin
cp "$FIRMWARE/phy_init_data.bin" build/phy_init_data.bin
otatool partition-table -q --offset 0x5000 "$FIRMWARE/partitions.csv" \
    build/partitions_two_ota_v2tov3.1MB.bin
echo 'CONFIG_PARTITION_TABLE_OFFSET=0x5000' > sdkconfig
otatool pack -q --bootloader otatool build
otatool pack -q -o expected.bin 0 "$IMAGES/otatool_boot.bin" \
    0x5000 build/partitions_two_ota_v2tov3.1MB.bin \
    0x6000 build/phy_init_data.bin 0x7000 build/hello.bin
cmp build/hello.v2_to_v3.ota.bin expected.bin
