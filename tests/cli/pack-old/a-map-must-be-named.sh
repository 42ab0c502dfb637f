cp "$DATA/elf_old_u1" .
otatool pack --kind old elf_old_u1
