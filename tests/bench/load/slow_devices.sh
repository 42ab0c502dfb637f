#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Slow devices, half of which lose their connection once and go on by range,
# all have the right digest; those that poll beside them have right answers.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"
start_server
results=$("$fleet" --devices 200 --rate 150000 --drop 50 --pollers 400 \
    --every 3 --within 60 "$address" /firmware.bin root/firmware.bin)
expect "$results" downloads 200 failures 0 lost 0 restarted 0 \
    poll_failures 0 resumed "$(value cut "$results")"
[ "$(value cut "$results")" -gt 50 ]
[ "$(value polls "$results")" -gt 200 ]
echo "$results"
