cp "$DATA/elf_nodata" .
otatool pack --kind old --map 2 elf_nodata
