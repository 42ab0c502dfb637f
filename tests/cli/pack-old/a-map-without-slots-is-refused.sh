cp "$DATA/elf_old_u1" .
otatool pack --kind old --map 1 --slot user1 elf_old_u1
