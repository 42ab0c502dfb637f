#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tour of ./dev demo: real machine code, a cut line, a refused pack.
#
#   demo.sh BUILD_FOLDER
set -euo pipefail

build=$(realpath "$1")
scratch=$(mktemp -d)
started=()

clean_up() {
    local pid
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean_up EXIT
cd "$scratch"
export PATH="$build:$PATH"

step() {
    printf '\n%s%s%s\n' "${ACCENT:-}" "$*" "${PLAIN:-}"
}

# Shows a command as typed, runs it, indents what it says.
run() {
    printf '%s  $ %s%s\n' "${BOLD:-}" "$*" "${PLAIN:-}"
    "$@" 2>&1 | sed 's/^/    /'
}

# start OUTPUT COMMAND...: in the background until the demo ends.
start() {
    local output=$1
    shift
    "$@" >"$output" 2>&1 &
    started+=($!)
}

# number_in FILE PATTERN: waits for a line and prints the number in it.
number_in() {
    local i
    for ((i = 0; i < 100; i++)); do
        sed -n "s/$2/\\1/p" "$1" | grep -m 1 . && return
        sleep 0.05
    done
    cat "$1" >&2
    return 1
}

step '1. A build of the new SDK for a 1 MB flash: real code for the chip.'
cp "$build"/firmware/*.bin "$build"/firmware/partitions.csv .
ls -l -- *.bin | awk '{printf "    %8d  %s\n", $5, $NF}'
run otatool partition-table --quiet --offset 0x5000 partitions.csv \
    partitions.bin

step '2. One file of it, which an old device takes for its own update.'
run otatool pack --quiet --app app.bin 0x0 bootloader.bin \
    0x5000 partitions.bin 0x6000 phy_init_data.bin 0x7000 app.bin
pack=app.v2_to_v3.ota.bin

step '3. Who can take it, and who cannot, and why.'
run otatool verify "$pack"

step '4. Served to devices, over a line that breaks in the middle.'
mkdir www
cp "$pack" www
start serve.log otatool serve --port 0 --bind 127.0.0.1 www
server=$(number_in serve.log '.*:\([0-9][0-9]*\).*')
start relay.log "$build/tests/support/cut_relay" "$server" 60000
relay=$(number_in relay.log '^\([0-9][0-9]*\)$')
url=http://127.0.0.1:$relay/$pack
run otatool fetch "$url" -o received.bin
run cmp "$pack" received.bin
echo '    the same, byte for byte. The server saw:'
number_in serve.log '.*"bytes=\([0-9]*\)-".*' >resumed_at
sed '1d; s/^/    /' serve.log

step '5. One flipped bit in the bootloader, which would kill devices.'
printf '\x01' | dd of=bootloader.bin bs=1 seek=200 conv=notrunc status=none
run otatool pack -o broken.bin --app app.bin 0x0 bootloader.bin \
    0x5000 partitions.bin 0x6000 phy_init_data.bin 0x7000 app.bin ||
    echo '    refused; no file was left behind'
[ ! -e broken.bin ]

step 'Next: README.md, otatool --help, ./dev test'
