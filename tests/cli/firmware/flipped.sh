# One flipped bit anywhere in the bootloader's data is found.
cp "$FIRMWARE"/*.bin .
cp "$DATA/pt_v2tov3_1M" partitions.bin
for at in 16 100 200 400 1000 5000; do
    cp "$FIRMWARE/bootloader.bin" .
    byte=$(od -An -tu1 -j "$at" -N 1 bootloader.bin)
    printf "\\$(printf %o $((byte ^ 16)))" |
        dd of=bootloader.bin bs=1 seek="$at" conv=notrunc status=none
    status=0
    otatool pack --quiet -o out.bin 0x0 bootloader.bin \
        0x5000 partitions.bin 0x7000 app.bin 2>err || status=$?
    echo "$at: $status $(head -n 1 err)"
done
ls out.bin 2>/dev/null || echo 'nothing was written'
