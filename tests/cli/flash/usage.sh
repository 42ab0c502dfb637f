# Wrong usage.
try() { otatool flash "$@" || echo "exit $?"; }
printf x > a.bin
try 2>&1
try --port port 0x1000 2>&1
try --port port 0x1000 a.bin 0x2000 2>&1
try --port port address a.bin 2>&1
try --port port a.bin 2>&1
try --before sideways 0x1000 a.bin 2>&1
try --after all 0x1000 a.bin 2>&1
try --port port --all 0x1000 a.bin 2>&1
try --flash-mode fast 0x1000 a.bin 2>&1
try --app --partition nvs a.bin 2>&1
try --baud fast 0x1000 a.bin 2>&1
