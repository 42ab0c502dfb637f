# The first part must be the bootloader at 0; its place decides all others.
otatool pack -o out.bin 0xfff "$DATA/boot_small" 0x8000 "$DATA/pt_v2tov3_2M" \
    0x10000 "$DATA/app_small" || status=$?
test ! -e out.bin
exit $status
