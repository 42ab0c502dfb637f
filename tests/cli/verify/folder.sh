# Every *.bin of a folder, in order.
mkdir fw
cp "$DATA/app_small" fw/b.bin
cp "$DATA/boot_small" fw/a.bin
echo notes > fw/readme.txt
otatool verify fw
mkdir empty
otatool verify empty
