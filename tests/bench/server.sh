# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Servers on loopback, and what they cost; read by the scripts beside it.
# They have pid, the process whose children count with it, port and file.

# free_port: prints a port that nobody listens on.
free_port() {
    local port
    for _ in $(seq 100); do
        port=$((20000 + RANDOM % 10000))
        # shellcheck disable=SC2188 # only the connection is of interest
        if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    echo 'no port is free' >&2
    return 1
}

# await_port PORT: until somebody listens, 10 s at most.
await_port() {
    for _ in $(seq 200); do
        # shellcheck disable=SC2188
        if (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
            return
        fi
        sleep 0.05
    done
    echo "nobody listens on port $1" >&2
    return 1
}

# family PID: the process and its children.
family() {
    echo "$1"
    cat "/proc/$1/task/"*/children 2>/dev/null | tr ' ' '\n' | grep . || true
}

# cpu_ticks PID: the time of the family, in the kernel's ticks.
cpu_ticks() {
    local member
    for member in $(family "$1"); do
        sed 's/.*) //' "/proc/$member/stat"
    done | awk '{ sum += $12 + $13 } END { print sum + 0 }'
}

# resident_kb PID: the family's memory; what they share counts once.
resident_kb() {
    local member
    for member in $(family "$1"); do
        cat "/proc/$member/smaps_rollup"
    done | awk '/^Pss:/ { sum += $2 } END { print sum + 0 }'
}

# open_files PID: of the process alone.
open_files() {
    find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l
}

# socket_kb PORT: what the kernel holds for the connections of the server:
# received, queued to be sent, and set aside.
socket_kb() {
    ss -tmnH state established "sport = :$1" | awk '
    match($0, /skmem:\([^)]*\)/) {
        split(substr($0, RSTART + 7, RLENGTH - 8), part, ",")
        for (i in part)
            if (part[i] ~ /^[rwf][0-9]+$/)
                sum += substr(part[i], 2)
    }
    END { print int(sum / 1024) }'
}

# value NAME TEXT: of "name=value name=value".
value() {
    echo "$2" | tr ' ' '\n' | sed -n "s/^$1=//p"
}
