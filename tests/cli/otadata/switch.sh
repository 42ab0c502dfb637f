# Switching writes the copy that the SDK would write; erasing forgets.
cp "$DATA/od_a1" od.bin
otatool otadata --switch ota_1 od.bin
otatool otadata --switch 0 od.bin
otatool otadata --switch 1 -o other.bin od.bin
otatool otadata od.bin
otatool otadata --erase od.bin
cmp od.bin "$DATA/od_empty"
