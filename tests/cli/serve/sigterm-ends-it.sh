# A signal ends the server, and that is success.
echo hello >fw.bin
otatool serve --bind 127.0.0.1 --port 0 fw.bin >log &
until grep -qs serving log; do sleep 0.05; done
kill $!
wait $!
sed 's,:[0-9]*/$,:PORT/,' log
