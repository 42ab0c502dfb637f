# A server of plain bytes is no RFC 2217.
printf "one\n" > a.bin
fake_device stub=stub.bin socket sh -c 'otatool flash --firmware . --port "rfc2217${PORT#socket}" 0x1000 a.bin' 2>&1 |
    sed 's/127.0.0.1:[0-9]*/HOST:PORT/'
