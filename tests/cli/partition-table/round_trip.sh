# CSV to binary and back gives the same partitions, stdin and stdout too.
printf "nvs,data,nvs,,16K\nota,data,ota,,8K\na,app,ota_0,,448K\n" > in.csv
otatool partition-table in.csv out/dir/table.bin
otatool partition-table out/dir/table.bin
otatool partition-table - - < in.csv | cmp - out/dir/table.bin
otatool partition-table out/dir/table.bin new.csv
otatool partition-table --disable-md5sum new.csv plain.bin
cmp new.csv plain.bin >cmp.log 2>&1 || otatool partition-table plain.bin
