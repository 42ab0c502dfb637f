cp "$DATA/app_10000_1M" "$DATA/app_7000" "$DATA/app_80000" "$DATA/app_85000" "$DATA/pt_v2tov3_1M" .
otatool pack --kind ota -o a.bin app_7000 app_85000 \
    pt_v2tov3_1M
otatool pack --kind ota -o b.bin app_10000_1M app_80000 \
    pt_v2tov3_1M
