# A table with quirks is read, and they are told; a wrong MD5 is refused.
cp "$DATA/pt_smallota" "$DATA/pt_badmd5" .
otatool partition-table pt_smallota out.csv
printf "abcdefghijklmnopq,data,nvs,,4K\n" > long.csv
otatool partition-table long.csv long.bin
otatool partition-table pt_badmd5 bad.csv
