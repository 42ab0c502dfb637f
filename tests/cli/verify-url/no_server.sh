# A server that is not there is told.
otatool verify http://127.0.0.1:1/fw.bin
