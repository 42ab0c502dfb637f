otatool simulate 
