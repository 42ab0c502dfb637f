# A partition's name with an escape sequence, and one that is not UTF-8.
{
    printf '\252\120\001\002'
    head -c 8 /dev/zero
    printf '\033[2Jnvs'
    head -c 13 /dev/zero
    printf '\252\120\001\002'
    head -c 8 /dev/zero
    printf '\377\376'
    head -c 18 /dev/zero
    head -c 32 /dev/zero | tr '\0' '\377'
} >table.bin
otatool inspect table.bin
