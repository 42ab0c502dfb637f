# What the reference tool lets through though no chip can use it.
try() {
    printf "$1" > in.csv
    otatool partition-table in.csv out.bin && echo "passed: $1"
    test ! -e out.bin
}
try "o,data,ota,,4K\na,app,ota_0,,64K\n"
try "a,app,ota_1,,64K\n"
try "a,app,ota_0,,64K\nb,app,ota_2,,64K\n"
try "a,app,ota_0,,64K\nb,app,ota_0,,64K\n"
try "a,app,ota_0,0x10000,64K\nb,app,ota_1,0x180000,64K\n"
try "a,app,ota_0,0xf0000,512K\n"
try "a,app,ota_0,0x810000,64K\n"
try "a,app,factory,0x10000,0x10004\n"
try "abcdefghijklmnop1,data,nvs,,4K\nabcdefghijklmnop2,data,phy,,4K\n"
try "a,data,nvs,,0\n"
try "a,data,nvs,0xfffff000,8K\n"
try "\357\273\277a,data,nvs,,4K\n"
try "a,app,factory,64K,1KK\n"
