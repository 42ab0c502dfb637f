# Another's bootloader is machine code only.
cp "$FIRMWARE/app.bin" "$FIRMWARE/bootloader.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin 0 bootloader.bin 0x5000 table.bin 0x7000 app.bin
otatool simulate --fleet 5 pack.bin || true
otatool simulate --cuts pairs pack.bin || true
otatool simulate --gear native --cuts one pack.bin
