put() { dd if="$DATA/$2" of=flash.bin bs=4096 seek=$(($1 / 4096)) \
    conv=notrunc status=none; }
head -c 1048576 /dev/zero | tr '\0' '\377' >flash.bin
put 0 boot_small_1M
put 0x5000 pt_v2tov3_1M
put 0x7000 app_7000
put 0x83000 od_a1
put 0x85000 app_85000
otatool inspect flash.bin
