# What the device says, from the old boot to our own.
cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool simulate --console --for 512+512@1M --boot 1.7 --slot user2 pack.bin |
    grep -E '2nd boot|in user|starting'
