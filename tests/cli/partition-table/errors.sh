# Every refusal names the line, the field and the mend.
try() {
    printf "$1" > in.csv
    otatool partition-table in.csv out.bin && echo "passed: $1"
    test ! -e out.bin
}
try "# table\nnvs,data,nvs,036864,4K\n"
try "a,,nvs,,4K\n"
try "a,data,nvs,,\n"
try "a,foo,nvs,,4K\n"
try "a,app,nvs,,4K\n"
try "a,300,0,,4K\n"
try "a,data,nvs,,0x100000000\n"
try "a,data,nvs,,4K,secret\n"
try "a,data,nvs,0xa000,4K\nb,data,phy,0x9000,4K\n"
try "\$NOPE,data,nvs,,4K\n"
try "a,data,nvs,,4K\n\377\n"
try ""
