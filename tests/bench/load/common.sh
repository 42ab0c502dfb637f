# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the load tests begin with: a folder of their own, a file of 400 KB,
# and a server. Called as CASE.sh OTATOOL_FOLDER BENCH_FOLDER MAKE_INPUT.
set -euo pipefail
# shellcheck disable=SC2034 # for the cases
{
    otatool=$1/otatool
    load=$2/bench_load
    fleet=$2/bench_fleet
    mix=$2/bench_mix
    make_input=$3
}
# shellcheck source-path=SCRIPTDIR source=../server.sh
. "$(dirname "$0")/../server.sh"

scratch=$(mktemp -d /tmp/otatool-test-XXXXXX)
pid=
clean() {
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean EXIT
cd "$scratch"
mkdir root
head -c 409600 /dev/urandom >root/firmware.bin
port=$(free_port)
# shellcheck disable=SC2034 # for the cases
address=127.0.0.1:$port

# start_server [OPTION...]
start_server() {
    "$otatool" serve --bind 127.0.0.1 --port "$port" --connections 2000 "$@" \
        root >>log 2>&1 &
    pid=$!
    disown "$pid"
    await_port "$port"
}

# devices_begin OPTION...: a fleet in the background, its process in devices;
# returns when all of it is in the midst of its downloads.
devices_begin() {
    rm -f results
    "$fleet" --announce --drop 0 --ramp 200 --within 90 "$@" "$address" \
        /firmware.bin root/firmware.bin >results &
    devices=$!
    until grep -qs reading results; do
        kill -0 "$devices"
        sleep 0.05
    done
}

# devices_end: its results.
devices_end() {
    wait "$devices" || true
    results=$(tail -n 1 results)
    echo "$results"
}

# expect TEXT NAME VALUE...: what the results must say.
expect() {
    local results=$1 found
    shift
    while [ $# -gt 0 ]; do
        found=$(value "$1" "$results")
        if [ "$found" != "$2" ]; then
            echo "$1 is $found and should be $2: $results"
            tail -n 5 log
            exit 1
        fi
        shift 2
    done
}
