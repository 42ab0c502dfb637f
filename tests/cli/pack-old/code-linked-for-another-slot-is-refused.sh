cp "$DATA/elf_old_u1" .
status=0
otatool pack --kind old --map 2 --slot user2 elf_old_u1 || status=$?
ls *.bin 2>/dev/null || true
exit $status
