# A missing and an empty file are told, and the others judged.
: > empty.bin
cp "$DATA/app_small" app.bin
otatool verify none.bin empty.bin app.bin
