# A flash dump is read as the device would read it.
put() {
    dd if="$1" of=flash.bin bs=4096 seek=$(($2 / 4096)) conv=notrunc 2>dd.log
}
head -c 1048576 /dev/zero | tr '\000' '\377' > flash.bin
otatool verify flash.bin || true
put "$DATA/boot_small_1M" 0
put "$DATA/pt_v2tov3_1M" 0x5000
otatool verify flash.bin || true
put "$DATA/app_7000" 0x7000
otatool verify flash.bin
put "$DATA/app_85000" 0x85000
put "$DATA/od_a2" 0x83000
otatool verify flash.bin
otatool verify --json flash.bin
