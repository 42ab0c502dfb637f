# Each transfer is one line that says how it ended.
echo hello >fw.bin
otatool serve --workers 1 --bind 127.0.0.1 --port 0 . >log &
until grep -qs serving log; do sleep 0.05; done
url=$(sed 's/.* //' log)
curl --silent "${url}fw.bin"
curl --silent --head --output none "${url}fw.bin"
curl --silent --range 9- --output none "${url}fw.bin"
curl --silent --output none "$url\"quoted\""
kill $!
wait $!
sed '1d
s/^[^ ]*Z/TIME/
s/[0-9.]* s /0.000 s /' log
