cp "$DATA/rand_255" random.bin
: >empty.bin
otatool inspect random.bin empty.bin missing.bin .
