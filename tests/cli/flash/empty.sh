# An empty file is a build that failed.
: > empty.bin
otatool flash --port port 0x1000 empty.bin || echo "exit $?"
otatool flash --port port --app empty.bin
