# In a flash dump the table tells where otadata lies.
head -c 1048576 /dev/zero | tr "\000" "\377" > dump.bin
put() { dd if="$DATA/$1" of=dump.bin bs=4096 seek="$2" conv=notrunc 2>dd.log; }
put pt_two 8
put od_a1b2 13
otatool otadata dump.bin
otatool otadata --switch 0 dump.bin
otatool otadata --json dump.bin
put pt_factory_ota 8
otatool otadata --erase dump.bin
put pt_gap_ota 8
otatool otadata dump.bin
