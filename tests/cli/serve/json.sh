# With --json each line is an object; what a client sent is escaped.
echo hello >fw.bin
otatool serve --json --workers 1 --bind 127.0.0.1 --port 0 . >log &
until grep -qs ready log; do sleep 0.05; done
url=$(sed 's/.*"url": *"\([^"]*\)".*/\1/' log)
curl --silent --range 1-2 "${url}fw.bin"
echo
curl --silent --output none "${url}no%0Ane"
kill $!
wait $!
sed 's/:[0-9]*\/"/:PORT\/"/
s/"time":"[^"]*"/"time":"TIME"/
s/"duration_ms":[0-9]*/"duration_ms":0/' log
