cp "$DATA/elf_old_u1" .
mkdir parts
: >parts/eagle.app.v6.text.bin
otatool pack --kind old --map 2 parts elf_old_u1
