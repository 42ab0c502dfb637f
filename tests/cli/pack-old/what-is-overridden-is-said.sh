cp "$DATA/elf_nodata" .
otatool pack --kind old --map 2 --slot user1 --no-verify elf_nodata
ls *.bin
