cp "$DATA/elf_old_u1" .
otatool pack --json --kind old --map 6 -o fw.bin elf_old_u1
ls *.bin
