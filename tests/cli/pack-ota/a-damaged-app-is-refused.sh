cp "$DATA/app_badsum" .
otatool pack --kind ota -o a.bin app_badsum
