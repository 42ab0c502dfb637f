# The port vanishes at every 1,000th byte, a terminal's and a connection's: it
# is told, and the next job, over the same flash, does what is left.
seq 3000 | head -c 12000 > a.bin
head -c 524288 /dev/zero > old.img
for kind in pty rfc2217 socket; do
    [ "$kind" = pty ] && word= || word=$kind
    for byte in 1000 2000 3000 4000 5000 6000; do
        cp old.img flash.img
        status=0
        # shellcheck disable=SC2086 # a word or none
        fake_device flash=flash.img stub=stub.bin "vanish=$byte" $word \
            sh -c 'otatool flash --quiet --firmware . --attempts 1 --port "${PORT:-port}" 0x10000 a.bin' \
            2> said || status=$?
        if [ "$status" != 1 ] || ! grep -q 'the serial port is gone' said; then
            echo "$kind, $byte: status $status"
            cat said
        fi
    done
    fake_device flash=flash.img stub=stub.bin \
        otatool flash --quiet --firmware . --port port 0x10000 a.bin
    dd if=flash.img bs=4096 skip=16 count=3 2> dd | head -c 12000 | cmp - a.bin
    echo "$kind: told each time, and mended"
done
