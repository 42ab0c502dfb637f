# Each line as an object.
fake_device rfc2217 app sh -c 'otatool monitor --json --baud 74880 --reset --seconds 1 --port "$PORT"'
