# On maps of two megabytes and more both slots run at one address, so that
# the link address is right for both.
cp "$DATA/elf_old_u1" .
otatool pack --kind old --map 1024+1024@4M elf_old_u1
sha256sum user1.bin user2.bin
