# Files, folders and URLs may stand side by side.
mkdir www fw
cp "$DATA/app_small" www/app.bin
cp "$DATA/app_small" fw/same.bin
otatool serve --bind 127.0.0.1 --port 0 www >log 2>&1 &
until grep -qs serving log; do sleep 0.05; done
url=$(sed "s/.* //" log)
otatool verify www/app.bin "${url}app.bin" fw >out || status=$?
sed 's/127.0.0.1:[0-9]*/HOST:PORT/' out | grep sound
kill $!
wait $! || true
[ -z "${status:-}" ] || exit "$status"
