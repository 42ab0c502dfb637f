cp "$DATA/app_tiny" hello.bin
cp "$DATA/ea_nocrc" user1.bin
cp "$DATA/pt_single" table.bin
otatool inspect --json hello.bin user1.bin table.bin
