# An option that the kind at hand would pass over is not passed over.
for options in '--flash-mode dout' '--kind ota --for 2' '--kind ota --slot user1'
do
    otatool pack $options 0x0 boot.bin 0x7000 app.bin || echo "exit $?"
done
