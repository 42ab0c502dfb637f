try() { otatool erase-region "$@" || echo "exit $?"; }
try 2>&1
try 1 2>&1
try --partition nvs 1 2 2>&1
try 0x1000 0 2>&1
