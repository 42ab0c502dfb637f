# A full disk where the log should go stops nobody.
echo hello >fw.bin
port=$((20000 + $$ % 10000))
otatool serve --bind 127.0.0.1 --port $port . >/dev/full &
until curl --silent --fail "http://127.0.0.1:$port/fw.bin"; do sleep 0.05; done
curl --silent --fail "http://127.0.0.1:$port/fw.bin"
kill $!
wait $!
