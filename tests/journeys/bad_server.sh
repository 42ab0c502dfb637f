#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A migrated device in the emulator, before servers and files that are wrong
# in one way each: it keeps what it has, says why, tries again where that may
# help, and takes the update as soon as there is a good one.
#
#   bad_server.sh BUILD_FOLDER NASTY_SERVE [PLUGIN]
set -euo pipefail

build=$(realpath "$1")
nasty=$(realpath "$2")
if [ -n "${3:-}" ]; then
    export QEMU_MORE="-plugin $(realpath "$3")"
fi
IMAGES=$build/share/otatool/firmware
tables=$build/firmware/partitions.csv
# shellcheck source=tests/support/device.sh
source "$(dirname "$0")/../support/device.sh"

scratch=$(mktemp -d)
server=
stop_server() {
    [ -z "$server" ] || kill "$server"
    wait
    server=
}
trap 'stop_server; rm -rf "$scratch"' EXIT
cd "$scratch"
failed=0

complain() {
    echo "bad_server.sh: $case: $*" >&2
    sed 's/^/    /' console >&2
    failed=1
}

# serve MODE STEP FILE...
serve() {
    : >port
    "$nasty" "$@" >port &
    server=$!
    until [ -s port ]; do sleep 0.01; done
}

# ask STATUS: the device asks the server, until it ends with this status.
ask() {
    local status=0
    power_on flash app.server=10.0.2.2 app.port="$(sed 's|/.*||' port)" \
        app.path=/fw.bin app.timeout=300 app.attempts=4 app.rounds=2 \
        >console 2>&1 || status=$?
    [ "$status" = "$1" ] || complain "ended with $status, not with $1"
}

says() {
    grep -qE -- "$1" console || complain "does not say '$1'"
}

says_not() {
    ! grep -qE -- "$1" console || complain "says '$1'"
}

good=$IMAGES/app_2_ota_0.bin
other=$IMAGES/app_3_ota_0.bin

# refused MODE STEP WORDS [FILE]: version 1 stays, for that reason; then a
# good server is asked.
refused() {
    case="$1 $2${4:+ $(basename "$4")}"
    cp device flash
    serve "$1" "$2" "${4:-$good}"
    ask 1
    stop_server
    says 'version 1'
    says_not 'version [23]'
    says "$3"
    says 'asking again'
    cmp -s <(head -c 520192 device) <(head -c 520192 flash) ||
        complain 'the old app is not what it was'
    serve good 0 "$good"
    ask 0
    stop_server
    says 'version 2'
}

# updated VERSION MODE STEP WORDS [FILE...]
updated() {
    local version=$1 mode=$2 step=$3 words=$4
    shift 4
    case="$mode $step"
    cp device flash
    serve "$mode" "$step" "${@:-$good}"
    ask 0
    stop_server
    says "$words"
    says "version $version"
}

# The device: bootloader, table and version 1 in their places.
"$build/otatool" partition-table --quiet --offset 0x5000 "$tables" table.bin
head -c 1048576 /dev/zero | tr '\0' '\377' >device
put device 0 <"$IMAGES/otatool_boot.bin"
put device 0x5000 <table.bin
put device 0x7000 <"$IMAGES/app_1_ota_0.bin"

# Files that are not for this device, or are damaged.
cp "$good" corrupt.bin
put_bytes corrupt.bin 30000 0x55 0xaa 0x55 0xaa
cp "$good" elsewhere.bin
put_bytes elsewhere.bin 10 0x21
head -c 40000 "$good" >short.bin
{
    printf 'otadata, data, ota,   0xd000,  0x2000\n'
    printf 'phy,     data, phy,   0xf000,  0x1000\n'
    printf 'ota_0,   app,  ota_0, 0x10000, 0x6e000\n'
    printf 'ota_1,   app,  ota_1, 0x7e000, 0x6e000\n'
} >other.csv
"$build/otatool" partition-table --quiet --offset 0x5000 other.csv other.bin
"$build/otatool" pack --quiet --no-verify -o other_pack.bin \
    0x0 "$IMAGES/otatool_boot.bin" 0x5000 other.bin 0x10000 elsewhere.bin \
    2>/dev/null
head -c 4096 /dev/urandom >noise.bin

while read -r mode step words; do
    refused "$mode" "$step" "$words"
done <<'END'
ignores-range 0 error range-ignored
wrong-range 0 error range-wrong
no-range-line 0 error range-wrong
refuses-range 0 error http-status
endless 0 error http-header
chunked 0 error http-length
redirects 0 error redirects
silent 0 error timeout
half-header 0 error timeout
huge-header 0 error http-header
garbage 0 error http-header
missing 0 error http-status
empty 0 error range-ignored
stalls 0 error timeout
says-more 0 error http-length
says-less 0 error http-length
hangs-up 0 error cut-off
fails-midway 20000 error http-status
keeps-changing 0 error update-kind
END
refused good 0 'error image-checksum' "$scratch/corrupt.bin"
refused good 0 'error update-link' "$scratch/elsewhere.bin"
refused good 0 'error truncated' "$scratch/short.bin"
refused good 0 'error update-kind' "$scratch/other_pack.bin"
refused good 0 'error update-kind' "$scratch/noise.bin"

updated 2 cuts 1000 'version 2'
updated 2 cuts 5000 'version 2'
updated 2 resets 5000 'trying again'
updated 2 adds 0 'version 2'
updated 2 fails-twice 0 'trying again'
updated 2 busy 0 'trying again after 30'
updated 2 lower-case 0 'version 2'
updated 2 long-header 0 'version 2'
updated 3 swaps 20000 'starting over' "$good" "$other"
# Cut between the two places where the versions differ.
between=$({ cmp -l "$good" "$other" || true; } | awk '{ at[NR] = $1 }
    END { print int((at[1] + at[2]) / 2) }')
updated 3 swaps-silently "$between" 'error image-' "$good" "$other"
exit "$failed"
