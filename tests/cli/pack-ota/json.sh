cp "$DATA/app_7000" "$DATA/app_85000" .
otatool pack --json --kind ota -o a.bin app_7000 app_85000
