# What is named for old and for new devices is a pack and an app.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
mkdir root
otatool pack -q -o fw.bin 0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin
status=0
otatool serve --port 0 --old hello.bin root || status=$?
otatool serve --port 0 --new fw.bin root || status=$status$?
otatool serve --bind 127.0.0.1 --port 0 --old fw.bin --new hello.bin root >log &
until grep -qs serving log; do sleep 0.05; done
url=$(sed 's/.* //' log)
curl --silent --user-agent otatool-agent "${url}any.bin" | cmp - hello.bin
curl --silent --user-agent 'esp-idf/1.0 esp32' "${url}any.bin" | cmp - fw.bin
kill $!
wait $!
echo "exit $status"
