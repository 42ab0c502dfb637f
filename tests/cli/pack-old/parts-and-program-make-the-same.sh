# The parts as objcopy leaves them, and the program they came from.
part() { tail -c +$(($3 + 1)) "$DATA/elf_old_u1" | head -c "$4" >"parts/$2"; }
mkdir parts
part text eagle.app.v6.text.bin 52 1856
part data eagle.app.v6.data.bin 1908 288
part rodata eagle.app.v6.rodata.bin 2196 516
part irom eagle.app.v6.irom0text.bin 2712 4096
otatool pack --quiet --kind old --map 2 -o a.bin parts "$DATA/elf_old_u1"
otatool pack --quiet --kind old --map 2 -o b.bin "$DATA/elf_old_u1"
cmp a.bin b.bin
