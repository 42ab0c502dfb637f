# GPIO0 never goes low: the firmware starts.
printf "one\n" > a.bin
fake_device stub=stub.bin rfc2217 stuck sh -c 'otatool flash --firmware . --attempts 1 --port "$PORT" 0x1000 a.bin' 2>&1 |
    sed 's/127.0.0.1:[0-9]*/HOST:PORT/'
