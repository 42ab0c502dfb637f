cp "$DATA/app_badsha" .
otatool pack --kind ota -o a.bin app_badsha
