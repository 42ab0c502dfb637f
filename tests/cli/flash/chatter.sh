# A firmware that prints, on a port without reset lines.
printf "one\n" > a.bin
fake_device stub=stub.bin socket app text="sensor: 21.5 degrees, all is well " \
    sh -c 'otatool flash --firmware . --attempts 1 --port "$PORT" 0x1000 a.bin' 2>&1 |
    sed 's/127.0.0.1:[0-9]*/HOST:PORT/'
