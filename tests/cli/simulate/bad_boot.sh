otatool simulate --boot 1.8 pack.bin
