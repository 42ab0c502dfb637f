# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # serve.sh has them
# What thousands of slow downloads at once cost, and whether they succeed.

# sample NAME: the largest memory while the process fleet_pid runs.
sample() {
    local resident=0 sockets=0 now
    while kill -0 "$fleet_pid" 2>/dev/null; do
        now=$(resident_kb "${pids[$1]}" 2>/dev/null)
        [ "$now" -le "$resident" ] || resident=$now
        now=$(socket_kb "${ports[$1]}")
        [ "$now" -le "$sockets" ] || sockets=$now
        sleep 1
    done
    echo "resident=$resident sockets=$sockets"
}

# crowd NAME FLEET_OPTION...: a line of results; NAME is started for it.
crowd() {
    local name=$1 before used
    shift
    start "$name"
    before=$(cpu_ticks "${pids[$name]}")
    "$fleet" "$@" "127.0.0.1:${ports[$name]}" /firmware.bin \
        "$scratch/root/firmware.bin" >"$scratch/crowd" 2>&1 &
    fleet_pid=$!
    used=$(sample "$name")
    wait "$fleet_pid" || echo "$name: $(cat "$scratch/crowd")" \
        >>"$scratch/complaints"
    echo "server=$name ticks=$(($(cpu_ticks "${pids[$name]}") - before))" \
        "tick=$(getconf CLK_TCK) $used $(cat "$scratch/crowd")" \
        >>"$scratch/$kind"
    stop "$name"
}

# print_crowds DEVICES: the table of $kind.
print_crowds() {
    awk -v devices="$1" -f "$here/crowd.awk" "$scratch/$kind"
}

measure_devices() {
    local name
    kind=devices
    echo "$devices devices at once, 20 KB/s each, 1% cut and resumed:"
    for name in otatool nginx python; do
        crowd "$name" --devices "$devices" --ramp 5000 --within 180
    done
    print_crowds "$devices"
}

measure_pollers() {
    local name
    kind=pollers
    echo "$pollers devices that poll each minute," \
        "beside $((devices / 5)) downloads:"
    for name in otatool nginx; do
        crowd "$name" --devices "$((devices / 5))" --ramp 2000 \
            --pollers "$pollers" --seconds 60 --within 180
    done
    print_crowds "$((devices / 5))"
}
