otatool simulate --for 3M pack.bin
