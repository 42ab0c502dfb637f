#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The disk that the log is on fills up under load: no device notices, and the
# log goes on when there is room again. A disk of its own needs root.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"
mkdir disk
mount -t tmpfs -o size=32k otatool-test disk 2>/dev/null || {
    echo 'a file system cannot be mounted: skipped'
    exit 77
}
trap 'umount --lazy disk; clean' EXIT
ln -s disk/log log

download() {
    results=$("$fleet" --devices "$1" --drop 0 --rate 400000 --ramp 200 \
        --within 60 "$address" /firmware.bin root/firmware.bin)
    echo "$results"
    expect "$results" downloads "$1" failures 0 lost 0
}

lines() {
    grep -c '"GET /firmware.bin" 200 .* complete; ' log
}

start_server
download 5
[ "$(lines)" -eq 5 ]
head -c 65536 /dev/zero >disk/filler 2>/dev/null || true
download 60
[ "$(lines)" -lt 65 ]
before=$(lines)
rm disk/filler
download 20
[ "$(lines)" -ge $((before + 20)) ]
