# A file's name is not a URL.
otatool fetch fw.bin
