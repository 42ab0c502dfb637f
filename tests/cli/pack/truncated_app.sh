# An app cut at any length is refused, and nothing is left.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
for size in 1 4 7 8 15 16 20 100 5000 200000 398700 398783; do
    head -c $size hello.bin > cut.bin
    if otatool pack -q -o out.bin \
        0x0 boot.bin 0x5000 table.bin 0x7000 cut.bin 2>message; then
        echo "$size was packed"
    fi
    echo "$size: $(head -n 1 message)"
    test ! -e out.bin
done
