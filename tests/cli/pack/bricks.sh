# What bricks devices is refused, each with its own reason.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
layout_2mb() {
    otatool pack -q -o out.bin \
        0x0 "$1" "${3:-0x8000}" "$2" "${5:-0x10000}" "$4"
}
try() {
    name=$1
    shift
    if "$@" 2>message; then
        echo "$name: PACKED"
    else
        echo "$name: $(head -n 1 message | cut -d: -f3-)"
    fi
    test ! -e out.bin
}
boot=$DATA/boot_small table=$DATA/pt_v2tov3_2M app=$DATA/app_small
try boot_magic layout_2mb "$DATA/boot_badmagic" "$table" 0x8000 "$app"
try boot_sum layout_2mb "$DATA/boot_badsum" "$table" 0x8000 "$app"
try boot_is_app layout_2mb "$app" "$table" 0x8000 "$app"
try app_magic layout_2mb "$boot" "$table" 0x8000 "$DATA/app_badmagic"
try app_sum layout_2mb "$boot" "$table" 0x8000 "$DATA/app_badsum"
try app_ea layout_2mb "$boot" "$table" 0x8000 "$DATA/ea_user1"
try app_text layout_2mb "$boot" "$table" 0x8000 "$DATA/csv_two_ota"
try app_moved layout_2mb "$boot" "$table" 0x8000 "$app" 0x20000
try app_beyond layout_2mb "$boot" "$table" 0x8000 "$DATA/app_1M"
try table_csv layout_2mb "$boot" "$DATA/csv_v2tov3_2MB" 0x8000 "$app"
try table_garbage layout_2mb "$boot" "$DATA/rand_4096" 0x8000 "$app"
try table_single layout_2mb "$boot" "$DATA/pt_single" 0x8000 "$app"
try table_early layout_2mb "$boot" "$table" 0x5000 "$app"
try table_late layout_2mb "$boot" "$table" 0x9000 "$app"
try table_bigota0 layout_2mb "$boot" "$DATA/pt_bigota0" 0x8000 "$app"
try table_two layout_2mb "$boot" "$DATA/pt_two" 0x8000 "$app"
try odd_length layout_2mb "$boot" "$table" 0x8000 "$DATA/app_odd1"
try app_link otatool pack -q -o out.bin \
    0x0 boot.bin 0x5000 table.bin 0x7000 "$DATA/app_10000_1M"
try table_beyond otatool pack -q -o out.bin \
    0x0 boot.bin 0x5000 "$DATA/pt_1M_beyond" 0x7000 hello.bin
