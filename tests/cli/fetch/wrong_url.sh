# What is no URL, or names no file, is told.
otatool fetch ftp://host/fw.bin || true
otatool fetch http://127.0.0.1:1/
