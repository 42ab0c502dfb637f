#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The load judges: another file than the one expected, one that is missing
# and a server that is gone are failures.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"
head -c 409600 /dev/zero >other.bin
start_server

refuse() {
    if results=$("$@" 2>/dev/null); then
        echo "not seen by $*: $results"
        exit 1
    fi
}

fast=(--devices 5 --ramp 100 --rate 9000000)
refuse "$load" --milliseconds 300 "$address" /firmware.bin other.bin full
refuse "$load" --milliseconds 300 "$address" /none root/firmware.bin full
refuse "$fleet" "${fast[@]}" "$address" /firmware.bin other.bin
expect "$results" downloads 0 failures 5 wrong_digest 5
refuse "$fleet" "${fast[@]}" "$address" /none root/firmware.bin
expect "$results" downloads 0 failures 5 wrong_answer 5
"$fleet" --devices 5 --rate 100000 --ramp 100 --within 2 "$address" /firmware.bin \
    root/firmware.bin >results &
devices=$!
sleep 1
kill -KILL "$pid"
if wait "$devices"; then
    echo 'a server that is gone was not seen'
    exit 1
fi
results=$(cat results)
expect "$results" downloads 0 failures 5 unfinished 5
