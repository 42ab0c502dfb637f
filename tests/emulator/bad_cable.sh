#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An emulated chip at the end of a bad line: whatever happens to the bytes, a
# job that says it is done has left the right flash, and one that failed says
# so in words; the next one, over a sound line, mends what it left.
#
#   bad_cable.sh BUILD_FOLDER
set -eu
build=$(realpath "$1")
images=$build/share/otatool/firmware
PATH=$build:$build/tests/support:$PATH
scratch=$(mktemp -d)
port_pid=
trap '[ -z "$port_pid" ] || kill "$port_pid"; rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
    echo "$*"
    cat said log
    exit 1
}

# start WAY OPTION...: the chip, with what is in flash.img.
start() {
    rm -f port
    way=$1
    shift
    chip_port "$way" "$images/rom.elf" flash.img "$@" >port 2>log &
    port_pid=$!
    until [ -s port ]; do sleep 0.02; done
    port=$(head -n 1 port)
}

stop() {
    kill "$port_pid"
    wait "$port_pid" || true
    port_pid=
}

# write [OPTION]...: writes app.bin; otatool's status.
write() {
    status=0
    timeout 60 otatool flash --quiet --port "$port" "$@" 0x10000 app.bin \
        >said 2>&1 || status=$?
}

# What may come of it: all is as it should be, or it is told that it is not.
judge() {
    case $status in
    0)
        cmp flash.img right.img || fail "$1: a wrong success"
        echo "$1: mended"
        ;;
    1)
        grep '^otatool: ' said >told || fail "$1: no message"
        echo "$1: $(cat told)"
        ;;
    *) fail "$1: status $status" ;;
    esac
}

# try WAY MUST FAULT...: MUST: mended, where the fault can be mended; else any.
try() {
    way=$1 must=$2
    shift 2
    cp old.img flash.img
    if [ "$way" = pty ]; then
        start pty straps=1 "$@"
        write --before none --after none
    else
        start "$way" "$@"
        write
    fi
    stop
    judge "$way $*"
    [ "$must" != mended ] || [ "$status" = 0 ] || fail "$way $*: not mended"
}

head -c 1048576 /dev/zero | tr '\000' '\252' >old.img
make_input app_950k whole.bin
tail -c 60000 whole.bin >app.bin
cp old.img right.img
head -c 61440 /dev/zero | tr '\000' '\377' |
    dd of=right.img bs=4096 seek=16 conv=notrunc 2>/dev/null
dd if=app.bin of=right.img bs=4096 seek=16 conv=notrunc 2>/dev/null

# Now and then: it is mended.
for fault in lose repeat flip stall; do
    try rfc2217 mended "line.$fault=30011"
    try pty mended "line.$fault=30011" line.after=20000
done
# Often: it may fail, if it is told.
for fault in lose repeat flip; do
    try rfc2217 any "line.$fault=12007"
done
try socket any straps=1 line.flip=20011

# The connection is gone in the midst of the data. What was written stays, and
# the next job goes on.
try rfc2217 any line.hang_up=1 line.after=40000
[ "$status" = 1 ] || fail 'it is not told that the port is gone'
start rfc2217
write
stop
judge 'the job after it'
[ "$status" = 0 ] || fail 'the job after it has failed'
