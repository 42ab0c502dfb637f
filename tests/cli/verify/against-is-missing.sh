# What is wrong with the file named by --against is said of that file.
cp "$DATA/app_small" app.bin
otatool verify --against none.bin app.bin
