try() { otatool read-flash "$@" || echo "exit $?"; }
try 2>&1
try -o out.bin 5 2>&1
try -o out.bin 5 6 7 2>&1
try -o out.bin --partition nvs 5 6 2>&1
try -o out.bin five six 2>&1
try -o out.bin 5 0 2>&1
