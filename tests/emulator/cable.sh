#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A blank chip, emulated, at a serial port: otatool puts firmware on it by the
# chip's own loader and the flasher stub, and the chip boots what was written.
#
#   cable.sh BUILD_FOLDER FIRMWARE_FOLDER PLUGIN
set -eu
build=$1
firmware=$2
plugin=$3
images=$build/share/otatool/firmware
PATH=$build:$PATH
scratch=$(mktemp -d)
port_pid=
trap '[ -z "$port_pid" ] || kill "$port_pid"; rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
    echo "$*"
    cat log
    exit 1
}

start() {
    "$build/tests/support/chip_port" rfc2217 "$images/rom.elf" flash.img \
        -- -plugin "$plugin" >port 2>log &
    port_pid=$!
    until [ -s port ]; do sleep 0.05; done
    port=$(head -n 1 port)
}

head -c 1048576 /dev/zero | tr '\000' '\377' >flash.img
cp "$firmware/app.bin" "$firmware/partitions.csv" .
cp "$images/otatool_boot.bin" boot.bin
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
tail -c 20000 app.bin >part.bin
start

otatool flash --port "$port" 0 boot.bin 0x5000 table.bin 0x7000 app.bin
otatool monitor --reset --seconds 2 --baud 74880 --port "$port" >said
grep -q 'starting the app at 0x7000' said || fail 'it does not boot'

otatool verify-flash --port "$port" 0 boot.bin 0x5000 table.bin 0x7000 app.bin
otatool chip-info --port "$port" | grep -q 'ota_0 .*checksum ok, starts' ||
    fail 'chip-info does not see the app'
otatool read-flash -q --port "$port" -o dump.bin
cmp dump.bin flash.img

# The ROM alone: an odd number of sectors, with neighbours that stay.
otatool flash --no-stub --port "$port" 0xe1000 part.bin
head -c 20480 /dev/zero | tr '\000' '\377' |
    dd of=dump.bin bs=4096 seek=225 conv=notrunc 2>/dev/null
dd if=part.bin of=dump.bin bs=4096 seek=225 conv=notrunc 2>/dev/null
cmp dump.bin flash.img

otatool otadata --port "$port" --switch ota_1 | grep -q 'starts: ota_1'
otatool otadata --port "$port" --erase | grep -q 'starts: ota_0'
otatool erase-flash --port "$port"
[ "$(tr -d '\377' <flash.img | wc -c)" = 0 ] || fail 'it is not erased'
