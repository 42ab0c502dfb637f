otatool serve --no-plain .
