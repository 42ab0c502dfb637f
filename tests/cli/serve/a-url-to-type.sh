# Of all addresses it names one that can be typed elsewhere.
echo hello >fw.bin
otatool serve --port 0 . >log &
until grep -qs serving log; do sleep 0.05; done
url=$(sed 's/.* //' log)
case $url in
http://\[::\]:* | http://0.0.0.0:*) echo "nobody can type $url" ;;
esac
curl --silent --noproxy '*' "${url}fw.bin"
kill $!
wait $!
