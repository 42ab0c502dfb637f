# The CMake build's flasher_args.json.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
mkdir -p build/bootloader build/partition_table build/config
mv boot.bin build/bootloader/bootloader.bin
mv table.bin build/partition_table/partition-table.bin
mv hello.bin build/hello.bin
cp "$DATA/ota_data_initial" build/ota_data_initial.bin
cat > build/flasher_args.json <<'J'
{
    "write_flash_args" : [ "--flash_mode", "dio" ],
    "flash_files" : {
        "0x0" : "bootloader/bootloader.bin",
        "0x5000" : "partition_table/partition-table.bin",
        "0x83000" : "ota_data_initial.bin",
        "0x7000" : "hello.bin"
    },
    "app" : { "offset" : "0x7000", "file" : "hello.bin" }
}
J
echo '#define CONFIG_PARTITION_TABLE_OFFSET 0x5000' > build/config/sdkconfig.h
otatool pack -q build
ls build
sha256sum build/hello.v2_to_v3.ota.bin
