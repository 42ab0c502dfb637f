# What is no firmware is said to be none.
echo hello > text.bin
otatool verify text.bin
