# When it starts the server says what there is for old and for new devices.
cp "$DATA/boot_small_1M" boot.bin
cp "$DATA/app_7000_400k" hello.bin
cp "$DATA/pt_v2tov3_1M" table.bin
mkdir none one many
otatool pack -q -o one/fw.bin 0x0 boot.bin 0x5000 table.bin 0x7000 hello.bin
cp one/fw.bin many/a.bin
cp one/fw.bin many/b.bin
cp hello.bin many/app.bin
tell() {
    rm -f log
    otatool serve --bind 127.0.0.1 --port 0 "$@" >log &
    until grep -qs '/' log; do sleep 0.05; done
    kill $!
    wait $!
    sed 's,:[0-9][0-9]*/,:PORT/,' log
}
tell none
tell one
tell many
tell --old one/fw.bin --new hello.bin many
tell one/fw.bin
tell --json many
