otatool simulate absent.bin
