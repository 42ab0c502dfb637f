# The loader says that it runs, and no more.
printf "one\n" > a.bin
fake_device stub=stub.bin rfc2217 deaf sh -c 'otatool flash --firmware . --attempts 1 --port "$PORT" 0x1000 a.bin' 2>&1 |
    sed 's/127.0.0.1:[0-9]*/HOST:PORT/'
