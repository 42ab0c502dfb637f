otatool read-flash -o out.bin --port one,two
