# Both kinds of remote ports.
printf "one\n" > a.bin
for kind in rfc2217 socket; do
    fake_device stub=stub.bin $kind sh -c 'otatool flash --firmware . --port "$PORT" 0x1000 a.bin'
done
fake_device app rfc2217 sh -c 'otatool flash --firmware . --port "$PORT" --before tight 0x1000 a.bin'
fake_device app rfc2217 sh -c 'otatool flash --firmware . --port "$PORT" --before classic 0x1000 a.bin'
