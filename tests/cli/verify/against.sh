# --against: is this file the one that was verified?
cp "$DATA/app_small" wanted.bin
cp wanted.bin same.bin
head -c 5000 wanted.bin > cut.bin
cp wanted.bin other.bin
printf 'yz' | dd of=other.bin bs=1 seek=100 conv=notrunc 2>dd.log
otatool verify --against wanted.bin same.bin
otatool verify --against wanted.bin other.bin cut.bin
