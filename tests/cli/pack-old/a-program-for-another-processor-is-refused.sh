cp "$DATA/elf_badmachine" .
otatool pack --kind old --map 2 elf_badmachine
