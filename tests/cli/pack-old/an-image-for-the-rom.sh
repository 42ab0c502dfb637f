cp "$DATA/elf_old" .
otatool pack --kind old --map 4 --boot none elf_old
ls *.bin
