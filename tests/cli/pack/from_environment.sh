# Options come from the environment and a file, too.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
printf '[verify]\njson = yes\n[pack]\n# a comment\noutput = file.bin\nquiet = on\n' > config
export OTATOOL_CONFIG=config
otatool pack 0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin
OTATOOL_PACK_OUTPUT=environment.bin \
    otatool pack 0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin
OTATOOL_PACK_OUTPUT=environment.bin \
    otatool pack -o line.bin 0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin
ls
