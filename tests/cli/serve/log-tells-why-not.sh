# A file that is there and is not sent: the log says why.
head -c 17000000 /dev/zero >large.bin
otatool serve --workers 1 --bind 127.0.0.1 --port 0 . >log &
until grep -qs serving log; do sleep 0.05; done
url=$(sed 's/.* //' log)
curl --silent --output none "${url}large.bin"
curl --silent --output none --path-as-is "${url}../fw.bin"
(
    exec 3>fw.bin
    echo hello >&3
    curl --silent --output none "${url}fw.bin"
)
kill $!
wait $!
sed '1d
s/^[^ ]*Z/TIME/
s/[0-9.]* s /0.000 s /' log
