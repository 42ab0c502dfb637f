# What an earlier call fetched is not fetched again.
cp "$DATA/pack_1M" fw.bin
otatool serve --bind 127.0.0.1 --port 0 . >log 2>&1 &
until grep -qs serving log; do sleep 0.05; done
url=$(sed "s/.* //" log)
head -c 30000 fw.bin > got.bin.part
etag=$(curl --silent --head "${url}fw.bin" | tr -d '\r' |
    sed -n 's/^ETag: "\(.*\)"/\1/p')
printf '{"url": "%s", "validator": "\\"%s\\"", "total": %s}' \
    "${url}fw.bin" "$etag" "$(wc -c < fw.bin)" > got.bin.part.json
otatool fetch -o got.bin "${url}fw.bin"
cmp got.bin fw.bin
ls
kill $!
wait $! || true
[ -z "${status:-}" ] || exit "$status"
