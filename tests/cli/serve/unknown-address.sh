# Only an address of this machine can be bound.
otatool serve --bind 192.0.2.1 --port 0
