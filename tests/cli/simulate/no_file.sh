otatool simulate
