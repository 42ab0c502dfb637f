# The ROM's line in words, and what the firmware prints.
fake_device rfc2217 app sh -c 'otatool monitor --baud 74880 --reset --seconds 1 --port "$PORT"'
