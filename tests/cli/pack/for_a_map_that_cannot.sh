# A map that is named must be able to take the pack.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
otatool pack -o out.bin --for 512+512@1M,1024+1024@4M \
    0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin || status=$?
test ! -e out.bin
exit $status
