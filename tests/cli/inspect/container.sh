cp "$DATA/ea_user1" user1.bin
otatool inspect user1.bin
