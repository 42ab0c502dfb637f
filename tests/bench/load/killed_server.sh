#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The server is killed in the midst of all downloads and started again: the
# devices go on where they were, and none begins anew.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"
start_server
"$fleet" --devices 100 --rate 100000 --drop 0 --ramp 200 --within 60 \
    "$address" /firmware.bin root/firmware.bin >results &
devices=$!
sleep 2
kill -KILL "$pid"
sleep 0.5
start_server
wait "$devices"
results=$(cat results)
expect "$results" downloads 100 failures 0 restarted 0
[ "$(value resumed "$results")" -gt 0 ]
echo "$results"
