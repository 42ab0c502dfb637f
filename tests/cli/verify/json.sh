# --json for programs.
cp "$DATA/app_small" app.bin
cp "$DATA/app_badsum" bad.bin
otatool verify --json app.bin bad.bin
