# A full disk where the log should go keeps no line from the terminal.
fake_device rfc2217 app sh -c 'otatool monitor --baud 74880 --reset --seconds 1 --log /dev/full --port "$PORT"'
