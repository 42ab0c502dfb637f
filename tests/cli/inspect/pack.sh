cp "$DATA/pack_1M" hello.v2_to_v3.ota.bin
otatool inspect hello.v2_to_v3.ota.bin
