# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # serve.sh has them
# The servers that are compared: otatool, nginx, python and the ceiling. Each
# listens on port ${ports[NAME]} with the main process ${pids[NAME]}, serves
# $scratch/root and logs to $scratch/NAME.log.
declare -A ports pids

start_otatool() {
    local options
    read -ra options <<<"${OTATOOL_SERVE:-}"
    "$build/otatool" serve --bind 127.0.0.1 --port "$1" \
        --connections "$connections" "${options[@]}" "$scratch/root" \
        >>"$scratch/otatool.log" 2>&1 &
}

start_nginx() {
    sed "s|@FOLDER@|$scratch|; s|@PORT@|$1|; s|@FILES@|$(ulimit -n)|
        s|@CONNECTIONS@|$((connections * 2 / 3 + 512))|" \
        "$here/nginx.conf.in" >"$scratch/nginx.conf"
    nginx -c "$scratch/nginx.conf" 2>"$scratch/nginx.messages" &
}

start_python() {
    python3 -m http.server --bind 127.0.0.1 --protocol HTTP/1.1 \
        --directory "$scratch/root" "$1" >/dev/null 2>>"$scratch/python.log" &
}

start_ceiling() {
    "$build/tests/bench/bench_ceiling" "127.0.0.1:$1" \
        "$scratch/root/firmware.bin" "$work" &
}

# start NAME
start() {
    ports[$1]=$(free_port)
    "start_$1" "${ports[$1]}"
    pids[$1]=$!
    disown "${pids[$1]}"
    await_port "${ports[$1]}"
}

# stop NAME: politely, so that it takes its children along; 3 s at most.
stop() {
    local members
    members=$(family "${pids[$1]}")
    kill -TERM "${pids[$1]}" 2>/dev/null || true
    for _ in $(seq 60); do
        kill -0 "${pids[$1]}" 2>/dev/null || break
        sleep 0.05
    done
    # shellcheck disable=SC2086 # numbers
    kill -KILL $members 2>/dev/null || true
    unset "pids[$1]"
}

stop_all() {
    local name
    for name in "${!pids[@]}"; do
        stop "$name"
    done
}
