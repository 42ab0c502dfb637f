cat "$DATA/app_7000" "$DATA/app_85000" >hello.ota.bin
otatool inspect hello.ota.bin
