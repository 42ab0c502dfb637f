# No time at all would show nothing.
otatool monitor --seconds 0 --port port
