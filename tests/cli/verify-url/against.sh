# --against: is what is served what was verified?
cp "$DATA/pack_1M" fw.bin
otatool serve --bind 127.0.0.1 --port 0 . >log 2>&1 &
until grep -qs serving log; do sleep 0.05; done
url=$(sed "s/.* //" log)
cp fw.bin wanted.bin
printf 'xx' | dd of=fw.bin bs=1 seek=5000 conv=notrunc 2>dd.log
otatool verify -q --against wanted.bin "${url}fw.bin" 2>message || status=$?
sed 's/127.0.0.1:[0-9]*/HOST:PORT/' message >&2
kill $!
wait $! || true
[ -z "${status:-}" ] || exit "$status"
