otatool simulate --slot 3 pack.bin
