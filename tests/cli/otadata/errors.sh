# What cannot be done is said.
cp "$DATA/od_a1" "$DATA/pt_single" .
head -c 1048576 /dev/zero | tr "\000" "\377" > dump.bin
try() { otatool otadata "$@" && echo "passed: $*"; true; }
try dump.bin
try --switch 2 od_a1
try --slots 4 --switch 3 -o four.bin od_a1
try --table pt_single dump.bin
head -c 4096 od_a1 > short.bin
try short.bin
cp "$DATA/od_afffe" last.bin
try --switch 0 last.bin
cmp last.bin "$DATA/od_afffe"
try --offset 0x100000 dump.bin
try none.bin
try --table none.bin dump.bin
