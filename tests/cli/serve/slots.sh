# What old devices get by the names of slots is what pack makes for them.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
mkdir root
otatool pack -q -o root/fw.bin 0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin
otatool pack -q -o out.bin --slot both \
    0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin
otatool serve --workers 1 --bind 127.0.0.1 --port 0 root >log &
until grep -qs serving log; do sleep 0.05; done
url=$(sed 's/.* //' log)
for slot in 1 2; do
    curl --silent --user-agent app "${url}user$slot.bin" >got
    cmp got user$slot.out.bin
done
curl --silent --user-agent 'ESP32 HTTP Client/1.0' "${url}any.bin" | cmp - hello.bin
curl --silent --output none "${url}any.bin"
kill $!
wait $!
sed '1d
s/.*; /; /' log
