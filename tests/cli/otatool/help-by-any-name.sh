# Help and version come by all the names people try first.
otatool --help >wanted
for name in help -h '-?' --usage; do
    otatool "$name" | cmp - wanted
done
otatool pack --help >wanted
otatool help pack | cmp - wanted
otatool --version >wanted
otatool -V | cmp - wanted
