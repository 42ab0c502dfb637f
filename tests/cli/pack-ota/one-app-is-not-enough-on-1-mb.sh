cp "$DATA/app_7000" "$DATA/pt_v2tov3_1M" .
otatool pack --kind ota -o a.bin app_7000 pt_v2tov3_1M
