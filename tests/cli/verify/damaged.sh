# A damaged pack is refused for what was damaged.
otatool pack -q -o fw.bin 0x0 "$DATA/boot_small" \
    0x8000 "$DATA/pt_v2tov3_2M" 0x10000 "$DATA/app_small"
for at in 0 20 28672 28690 61440 61500 72161; do
    cp fw.bin bad.bin
    printf '\125' | dd of=bad.bin bs=1 seek=$at conv=notrunc 2>dd.log
    otatool verify -q bad.bin 2>message && echo "$at: passed"
    echo "$at: $(head -n 1 message)"
done
head -c 70000 fw.bin > bad.bin
otatool verify -q bad.bin
