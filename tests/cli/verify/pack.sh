# The table of who can take a pack.
otatool pack -q -o fw.bin --app app_small 0x0 "$DATA/boot_small" \
    0x8000 "$DATA/pt_v2tov3_2M" 0x10000 "$DATA/app_small"
otatool verify fw.bin
otatool verify --for 5 fw.bin
otatool verify --quiet --for 4 fw.bin
