#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each kind of request that the bench counts is answered rightly.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"
start_server
for work in $("$load" --list); do
    results=$("$load" --connections 16 --milliseconds 500 "$address" \
        /firmware.bin root/firmware.bin "$work")
    echo "$work: $results"
    expect "$results" failures 0
done
