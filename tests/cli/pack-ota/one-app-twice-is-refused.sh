cp "$DATA/app_7000" .
otatool pack --kind ota -o a.bin app_7000 app_7000
