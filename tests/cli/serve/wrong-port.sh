# A port has 16 bits.
otatool serve --port 65536
