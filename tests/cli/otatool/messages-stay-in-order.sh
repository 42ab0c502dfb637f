# In one log, an error stands where it happened: before what came after it.
cp "$DATA/app_small" good.bin
cp "$DATA/app_badsum" wrong.bin
otatool verify good.bin wrong.bin good.bin 2>&1
