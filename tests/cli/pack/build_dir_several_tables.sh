# Of several tables the build's sdkconfig names the one it uses.
mkdir -p build/bootloader
cp "$DATA/boot_small_1M" build/bootloader/bootloader.bin
cp "$DATA/app_7000_400k" build/hello.bin
cp "$DATA/pt_v2tov3_1M" build/partitions_two_ota_v2tov3.1MB.bin
cp "$DATA/pt_single" build/partitions_singleapp.bin
otatool pack -q build || true
cat > sdkconfig <<'C'
CONFIG_PARTITION_TABLE_FILENAME="partitions_two_ota_v2tov3.1MB.csv"
CONFIG_PARTITION_TABLE_OFFSET=0x5000
C
otatool pack -q build
ls build
