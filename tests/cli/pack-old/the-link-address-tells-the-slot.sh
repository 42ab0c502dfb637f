cp "$DATA/elf_old_u1" .
otatool pack --kind old --map 512+512@1M elf_old_u1
ls *.bin
