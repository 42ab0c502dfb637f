cp "$DATA/elf_old" app.out
otatool pack --quiet --kind old --boot 1.1 --map 2 --slot user2 --no-verify \
    app.out 2>/dev/null
otatool inspect user2.bin
