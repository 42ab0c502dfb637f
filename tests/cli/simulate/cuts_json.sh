cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool simulate --json --cuts any --for 512+512@1M --boot 1.6 --slot user1 --profiles few pack.bin |
    sed -E 's/"(ms|erases|page_programs|contents|runs)": [0-9]+/"\1": N/'
