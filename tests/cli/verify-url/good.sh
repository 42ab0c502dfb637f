# A served pack: the server and the file are judged.
cp "$DATA/pack_1M" fw.bin
otatool serve --bind 127.0.0.1 --port 0 . >log 2>&1 &
until grep -qs serving log; do sleep 0.05; done
url=$(sed "s/.* //" log)
otatool verify --for 2 "${url}fw.bin" >out || status=$?
# Whether the header came alone cannot always be seen.
sed 's/127.0.0.1:[0-9]*/HOST:PORT/; /^ *[-yesno]* *the header comes before/d' out
kill $!
wait $! || true
[ -z "${status:-}" ] || exit "$status"
