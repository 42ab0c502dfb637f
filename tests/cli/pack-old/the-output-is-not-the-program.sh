cp "$DATA/elf_old_u1" app.out
status=0
otatool pack --kind old --map 2 -o app.out app.out || status=$?
cmp app.out "$DATA/elf_old_u1"
exit $status
