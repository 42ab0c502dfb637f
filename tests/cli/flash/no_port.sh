printf "one\n" > a.bin
mkdir ports
OTATOOL_PORTS='ports/tty*,/dev/none*' otatool flash 0x1000 a.bin
