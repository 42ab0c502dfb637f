# Byte 2 and 3: DOUT, frequency and size are the app's, as the ROM has them.
cp "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
try() {
    cp "$FIRMWARE/app.bin" app.bin
    printf "$1" | dd of=app.bin bs=1 seek=2 conv=notrunc 2>/dev/null
    otatool pack -q --no-verify -o pack.bin --bootloader otatool \
        0x5000 table.bin 0x7000 app.bin 2>/dev/null
    od -A n -t x1 -j 2 -N 2 pack.bin
}
try '\003\017' # DOUT, 1 MB, 80 MHz
try '\000\040' # QIO, 4 MB, 40 MHz
try '\002\102' # DIO, 16 MB, 20 MHz
