# On a terminal there is a bar while it works, gone before the result comes.
printf "one\n" > a.bin
fake_device stub=stub.bin script -qec 'otatool flash --firmware . --port port 0x1000 a.bin' /dev/null |
    tr '\r\033' '\n^' | sed -n 's/^port .* \[.*%.*/a bar/p; /ESP8266/p' | sort -u
