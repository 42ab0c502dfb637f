# An output is for a change; nothing is left out in silence.
cp "$DATA/od_a1b2" otadata.bin
otatool otadata -o copy.bin otadata.bin
