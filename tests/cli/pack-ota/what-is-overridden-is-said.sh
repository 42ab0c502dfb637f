cp "$DATA/app_badsum" .
otatool pack --no-verify --kind ota -o a.bin app_badsum
ls *.bin
