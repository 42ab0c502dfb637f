# --chunk asks for ranges, as devices do.
cp "$DATA/pack_1M" fw.bin
otatool serve --bind 127.0.0.1 --port 0 . >log 2>&1 &
until grep -qs serving log; do sleep 0.05; done
url=$(sed "s/.* //" log)
otatool fetch --chunk 16K -o got.bin "${url}fw.bin"
cmp got.bin fw.bin
grep -c ' 206 ' log
kill $!
wait $! || true
[ -z "${status:-}" ] || exit "$status"
