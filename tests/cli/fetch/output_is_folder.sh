# An output that is a folder is told.
cp "$DATA/pack_1M" fw.bin
otatool serve --bind 127.0.0.1 --port 0 . >log 2>&1 &
until grep -qs serving log; do sleep 0.05; done
url=$(sed "s/.* //" log)
mkdir got.bin
otatool fetch -o got.bin "${url}fw.bin" || status=$?
kill $!
wait $! || true
[ -z "${status:-}" ] || exit "$status"
