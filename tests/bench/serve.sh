#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# otatool serve beside nginx, python's http.server and a server that does
# nothing but send (docs/BENCH.md). Loopback only.
#
#   serve.sh BUILD_FOLDER [speed|devices|pollers]...
#
# OTATOOL_ROUNDS (5), OTATOOL_MILLISECONDS of a measurement (2000),
# OTATOOL_DEVICES (10000), OTATOOL_POLLERS (50000); OTATOOL_SERVE has more
# options for otatool serve.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=server.sh
. "$here/server.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$here/servers.sh"
# shellcheck source-path=SCRIPTDIR source=speed.sh
. "$here/speed.sh"
# shellcheck source-path=SCRIPTDIR source=crowd.sh
. "$here/crowd.sh"

build=$1
shift
for part in "$@"; do
    case $part in
    speed | devices | pollers) ;;
    *)
        echo 'Usage: ./dev bench serve [speed|devices|pollers]...' >&2
        exit 2
        ;;
    esac
done
rounds=${OTATOOL_ROUNDS:-5}
milliseconds=${OTATOOL_MILLISECONDS:-2000}
devices=${OTATOOL_DEVICES:-10000}
pollers=${OTATOOL_POLLERS:-50000}
load=$build/tests/bench/bench_load
fleet=$build/tests/bench/bench_fleet

# A connection is a file for who serves it, and at its end for a moment two.
allow_files() {
    local wanted=$((devices * 3 / 2 + 1000)) most
    most=$(ulimit -Hn)
    if [ "$most" != unlimited ] && [ "$most" -lt "$wanted" ] &&
        ! ulimit -Hn "$wanted" 2>/dev/null; then
        devices=$(((most - 1000) * 2 / 3))
        echo "only $most open files are allowed here: $devices devices"
        wanted=$most
    fi
    ulimit -Sn "$wanted"
}

describe_machine() {
    echo "$(nproc) cores, Linux $(uname -r), load $(cut -d' ' -f1-3 \
        /proc/loadavg), $(nginx -v 2>&1 | sed 's/.*: //'), $(python3 -V)"
}

allow_files
connections=$((devices + 1000))
memory=$([ -d /dev/shm ] && echo /dev/shm || echo /tmp)
scratch=$(mktemp -d "$memory/bench-XXXXXX")
trap 'stop_all; rm -rf "$scratch"' EXIT
chmod 755 "$scratch" # workers of nginx are nobody
mkdir "$scratch/root"
head -c 409600 /dev/urandom >"$scratch/root/firmware.bin"
: >"$scratch/complaints"

describe_machine
[ $# -gt 0 ] || set -- speed devices pollers
for part in "$@"; do
    echo
    "measure_$part"
done
if [ -s "$scratch/complaints" ]; then
    echo
    cat "$scratch/complaints"
fi
! grep -q ^otatool "$scratch/complaints"
