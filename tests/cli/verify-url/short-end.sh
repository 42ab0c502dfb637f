# A server whose last segment is too short for old clients: their CRC fails.
cp "$DATA/pack_1M" fw.bin
nasty_serve short-end 0 fw.bin >port &
until [ -s port ]; do sleep 0.05; done
otatool verify --for 2 "http://127.0.0.1:$(cat port)" >out 2>message || status=$?
sed -n "s/127.0.0.1:[0-9]*/HOST:PORT/; 1p; /last segment/,+1p" out
sed 's/127.0.0.1:[0-9]*/HOST:PORT/' message >&2
kill $!
exit "${status:-0}"
