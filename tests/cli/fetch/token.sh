# A server that demands a token: from a file, never from the command line.
mkdir root
cp "$DATA/pack_1M" root/fw.bin
printf '/ bearer %s\n' "$(printf secret | sha256sum | cut -d' ' -f1)" >secrets
otatool serve --bind 127.0.0.1 --port 0 --auth secrets root >log 2>&1 &
until grep -qs serving log; do sleep 0.05; done
url=$(sed "s/.* //" log)
echo secret >token
printf 'wrong\r\n' >wrong
status=0
otatool fetch --quiet --token-file wrong "${url}fw.bin" 2>refused || status=$?
echo "without: $status, $(grep -c 401 refused) times 401"
otatool fetch --quiet --token-file token --chunk 4096 "${url}fw.bin"
cmp fw.bin root/fw.bin
otatool verify --token-file token "${url}fw.bin" >verified || true
grep '^  NO' verified || true
grep 'pack' verified | head -n 1 | sed 's/.*: //'
kill $!
wait $! || true
