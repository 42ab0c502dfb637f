# A part of a file that changed since starts afresh.
cp "$DATA/pack_1M" fw.bin
otatool serve --bind 127.0.0.1 --port 0 . >log 2>&1 &
until grep -qs serving log; do sleep 0.05; done
url=$(sed "s/.* //" log)
head -c 30000 /dev/zero > got.bin.part
printf '{"url": "%s", "validator": "\\"another\\"", "total": %s}' \
    "${url}fw.bin" "$(wc -c < fw.bin)" > got.bin.part.json
otatool fetch -o got.bin "${url}fw.bin"
cmp got.bin fw.bin
kill $!
wait $! || true
[ -z "${status:-}" ] || exit "$status"
