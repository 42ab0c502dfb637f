cp "$DATA/app_7000" "$DATA/app_85000" .
otatool pack --kind ota -o a.bin app_85000 app_7000
