#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A load that rises and falls for MINUTES: all answers are right, and at its
# ebbs the server has no more memory and no more open files than before.
#
#   soak.sh BUILD_FOLDER [MINUTES]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=server.sh
. "$here/server.sh"
build=$1
minutes=${2:-10}
load=$build/tests/bench/bench_load
fleet=$build/tests/bench/bench_fleet

scratch=$(mktemp -d /tmp/soak-XXXXXX)
pid=
clean() {
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean EXIT
mkdir "$scratch/root"
head -c 409600 /dev/urandom >"$scratch/root/firmware.bin"
port=$(free_port)
file=(/firmware.bin "$scratch/root/firmware.bin")

start_server() {
    local options
    read -ra options <<<"${OTATOOL_SERVE:-}"
    "$build/otatool" serve --bind 127.0.0.1 --port "$port" \
        --connections 2000 "${options[@]}" "$scratch/root" \
        >>"$scratch/log" 2>&1 &
    pid=$!
    disown "$pid"
    await_port "$port"
}

# Fails with the first wrong answer.
one_level() {
    "$fleet" --devices "$1" --rate 200000 --drop 20 --ramp 500 --seconds 1 \
        --pollers "$1" --every 1 --within 60 "127.0.0.1:$port" "${file[@]}" \
        >>"$scratch/results"
}

one_work() {
    "$load" --connections 16 --milliseconds 300 "127.0.0.1:$port" \
        "${file[@]}" "$1" >>"$scratch/results"
}

tide() {
    local level work
    for level in 20 100 400 100 20; do
        one_level "$level" || return
    done
    for work in $("$load" --list); do
        one_work "$work" || return
    done
    sleep 1
}

# A line for people, and the samples for the judge.
sample() {
    local resident files
    resident=$(resident_kb "$pid")
    files=$(open_files "$pid")
    echo "$resident" >>"$scratch/memory"
    echo "$files" >>"$scratch/files"
    printf '%5d s: %d KB, %d open files\n' "$SECONDS" "$resident" "$files"
    : >"$scratch/log"
}

# The ebb has no connections: what is open was so from the beginning.
judge_files() {
    local first last
    first=$(sed -n 2p "$scratch/files")
    last=$(tail -n 1 "$scratch/files")
    [ "$last" -le "$first" ] && return
    echo "open files: $first first, $last later"
    return 1
}

start_server
SECONDS=0
for ((number = 1; number <= 6 || SECONDS < minutes * 60; number++)); do
    tide || {
        tail -n 1 "$scratch/results"
        exit 1
    }
    sample
done
judge_files
awk -f "$here/grows.awk" "$scratch/memory"
