# A file is fetched, checked, and named by its URL.
cp "$DATA/pack_1M" fw.bin
otatool serve --bind 127.0.0.1 --port 0 . >log 2>&1 &
until grep -qs serving log; do sleep 0.05; done
url=$(sed "s/.* //" log)
mkdir here
cd here
otatool fetch "${url}fw.bin"
cmp fw.bin ../fw.bin
ls
kill $!
wait $! || true
[ -z "${status:-}" ] || exit "$status"
