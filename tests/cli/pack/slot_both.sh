# Both variants, each stamped for the slot it lands in.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/phy_init" phy.bin
otatool pack -q -o out.bin --slot both \
    0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin
ls
od -An -tx1 -N4 user1.out.bin
od -An -tx1 -N4 user2.out.bin
otatool verify -q user1.out.bin user2.out.bin
