cp "$DATA/app_7000" "$DATA/app_85000" .
otatool pack --kind ota -o hello.ota.bin app_7000 app_85000
cat app_7000 app_85000 | cmp - hello.ota.bin
