# With --no-verify the rules that are overridden are named.
printf "o,data,ota,,4K\nfactory,app,ota_0,0x10400,0x10001\n" > in.csv
otatool partition-table --no-verify in.csv out.bin
otatool partition-table --no-verify --quiet in.csv quiet.bin
cmp out.bin quiet.bin
otatool partition-table --no-verify --flash-size 1MB in.csv fits.bin
printf "a,data,nvs,,2M\n" > in.csv
otatool partition-table --no-verify --flash-size 1MB in.csv big.bin
