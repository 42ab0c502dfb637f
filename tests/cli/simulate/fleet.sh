cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool simulate --fleet 200 --for 512+512@1M --boot 1.2,1.6 --waves 10,100 pack.bin |
    sed -E 's/[0-9]+$/N/'
otatool simulate --fleet 50 --json --radio-loss 0 --power-cuts 0 --seed 7 --for 512+512@1M pack.bin |
    sed -E 's/("loss_bound": 0\.[0-9]{4})[0-9]+/\1/'
