# Behind old boots as machine code and as rules, the boot as machine code and
# as a native engine do the same: as many erases, as many pages, one end.
cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool simulate --boot 1.2,1.4,1.7 --for 512+512@1M,1024+1024@2M pack.bin |
    awk '/user/ {print $1, $2, $3, $4, $7, $8, $NF == "app"}' >emulator
otatool simulate --cuts random:1 --boot 1.2,1.4,1.7 --for 512+512@1M,1024+1024@2M pack.bin |
    awk '/user[12]/ {print $1, $2, $3, $4, $5, $6, $NF == 0}' >native
wc -l <native
diff emulator native && echo 'the same'
