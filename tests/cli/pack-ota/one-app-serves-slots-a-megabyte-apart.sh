cp "$DATA/app_100k" "$DATA/pt_v2tov3_2M" .
otatool pack --kind ota -o a.bin app_100k pt_v2tov3_2M
