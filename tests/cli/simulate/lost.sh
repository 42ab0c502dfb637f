# A pack whose bootloader jumps to nowhere: the rules are overridden, the
# rehearsal is not deceived.
cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
cp "$IMAGES/otatool_boot.bin" broken.bin
printf '\000\000\000\000' | dd of=broken.bin bs=1 seek=4 conv=notrunc 2>/dev/null
otatool pack -q -o pack.bin --no-verify 0 broken.bin 0x5000 table.bin 0x7000 app.bin 2>/dev/null
otatool simulate --for 512+512@1M --boot 1.7 --slot user2 pack.bin |
    sed -E 's/ [0-9]+\.[0-9] s +[0-9]+ +[0-9]+ / ... /'
otatool simulate -q --for 512+512@1M --boot 1.7 --slot user2 pack.bin
