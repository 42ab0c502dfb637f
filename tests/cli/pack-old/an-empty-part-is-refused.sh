cp "$DATA/elf_emptydata" .
otatool pack --kind old --map 2 elf_emptydata
