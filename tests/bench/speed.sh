# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # serve.sh has them
# Requests a second and what each costs the server.

# measure ROUND NAME: a line of results for $work.
measure() {
    local before after results options=()
    : >"$scratch/$2.log"
    [ "$2" != ceiling ] || options=(--no-compare)
    before=$(cpu_ticks "${pids[$2]}")
    results=$("$load" --milliseconds "$milliseconds" "${options[@]}" \
        "127.0.0.1:${ports[$2]}" /firmware.bin "$scratch/root/firmware.bin" \
        "$work" 2>&1) || {
        # python knows neither ranges nor ETags
        [ "$2" = python ] ||
            echo "$2 fails at $work: $results" >>"$scratch/complaints"
        return 0
    }
    after=$(cpu_ticks "${pids[$2]}")
    awk -v requests="$(value requests "$results")" \
        -v seconds="$(value seconds "$results")" \
        -v ticks="$((after - before))" -v tick="$(getconf CLK_TCK)" \
        -v where="$1 $2 $work" \
        'BEGIN { printf "%s %.1f %.4f\n", where, requests / seconds,
                 ticks / tick / requests * 1e6 }' >>"$scratch/speed"
}

# Each round begins with another server.
round() {
    local order=(otatool nginx ceiling python) i
    for work in $works; do
        start ceiling
        for i in 0 1 2 3; do
            measure "$1" "${order[$(((i + $1) % 4))]}"
        done
        stop ceiling
    done
}

measure_speed() {
    local number
    works=$("$load" --list)
    start otatool
    start nginx
    start python
    for number in $(seq "$rounds"); do
        round "$number"
    done
    stop_all
    awk -f "$here/speed.awk" "$scratch/speed"
}
