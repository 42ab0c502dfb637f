# A URL that is not there is told.
cp "$DATA/pack_1M" fw.bin
otatool serve --bind 127.0.0.1 --port 0 . >log 2>&1 &
until grep -qs serving log; do sleep 0.05; done
url=$(sed "s/.* //" log)
otatool verify "${url}none.bin" 2>message || status=$?
sed 's/127.0.0.1:[0-9]*/HOST:PORT/' message >&2
kill $!
wait $! || true
[ -z "${status:-}" ] || exit "$status"
