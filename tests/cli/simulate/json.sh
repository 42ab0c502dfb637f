cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool simulate --json --for 512+512@1M --boot 1.6 --slot user2 pack.bin |
    sed -E 's/"(ms|erases|page_programs)": [0-9]+/"\1": N/
        s/("console": ".{20}).*/\1..."/'
