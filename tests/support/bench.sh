#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures, prints, asserts nothing.
#
#   bench.sh pack      pack and verify of about 1 MB, as whole processes
#   bench.sh flash     1 MB written, compared and read over a serial line, with
#                      an emulated chip at its end: by a line that takes no
#                      time, and by one as slow as its speed
#
# OTATOOL_PEER_PACK names a pack_fw.py to compare with, run by
# OTATOOL_PEER_PYTHON (default python2); OTATOOL_PEER_ESPTOOL is a command to
# compare flash with, such as "esptool.py"; OTATOOL_ROUNDS the rounds (31, of
# flash 3); OTATOOL_BAUD the speed (460800).
set -euo pipefail

build=$PWD/build/release
rounds=${OTATOOL_ROUNDS:-31}
scratch=$(mktemp -d "$([ -d /dev/shm ] && echo /dev/shm || echo /tmp)/bench-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
bench=$build/tests/support/bench

bench_pack() {
    local input parts command
    for input in boot_small:boot.bin pt_v2tov3_2M:table.bin \
        app_950k:app.bin; do
        "$build/tests/support/make_input" "${input%:*}" "$scratch/${input#*:}"
    done
    cd "$scratch"
    parts=(0x0 boot.bin 0x8000 table.bin 0x10000 app.bin)
    command=("$build/otatool" pack --quiet -o ours.bin "${parts[@]}")
    echo "pack: $(stat -c %s app.bin) bytes of app, $rounds rounds in turn"
    if [ -n "${OTATOOL_PEER_PACK:-}" ]; then
        "$bench" "$rounds" otatool "${command[@]}" -- pack_fw.py \
            "${OTATOOL_PEER_PYTHON:-python2}" "$OTATOOL_PEER_PACK" \
            --output theirs.bin --app app.bin pack3 "${parts[@]}"
        cmp ours.bin theirs.bin && echo 'both packs are the same'
    else
        "$bench" "$rounds" otatool "${command[@]}"
    fi
    printf '\nverify: the same pack\n'
    "$bench" "$rounds" otatool "$build/otatool" verify --quiet ours.bin
}

count_connections() {
    grep -c ' bytes to the chip' log || true
}

# The last connection of each, in the order in which they ran; none where
# one of them had to be tried again. (connections before: $1)
print_bytes() {
    local names=(otatool) i
    [ -z "${OTATOOL_PEER_ESPTOOL:-}" ] || names+=(esptool)
    sleep 0.3 # the last one ends a little later than its process
    [ "$(count_connections)" = $(($1 + rounds * ${#names[@]})) ] || return 0
    grep ' bytes to the chip' log | tail -n ${#names[@]} >bytes
    for i in "${!names[@]}"; do
        printf '%-14s %s\n' "${names[i]}" \
            "$(sed -n "$((i + 1))s/^chip_port: //p" bytes)"
    done
}

# compare_flash WHAT [OTATOOL_ARGUMENT]... -- [ESPTOOL_ARGUMENT]...
compare_flash() {
    local what=$1 ours=() peer=() before
    before=$(count_connections)
    shift
    while [ "$1" != -- ]; do
        ours+=("$1")
        shift
    done
    shift
    read -r -a peer <<<"${OTATOOL_PEER_ESPTOOL:-}"
    printf '\n%s: 1 MB at %s baud, %s rounds\n' "$what" "$baud" "$rounds"
    ours+=(--quiet --baud "$baud" --port "$port")
    if [ ${#peer[@]} -gt 0 ]; then
        "$bench" "$rounds" otatool "$build/otatool" "${ours[@]}" \
            -- esptool "${peer[@]}" --chip esp8266 --baud "$baud" \
            --port "$port" "$@"
    else
        "$bench" "$rounds" otatool "$build/otatool" "${ours[@]}"
    fi
    print_bytes "$before"
}

# with_chip PACE: the chip at its port, and the comparisons.
with_chip() {
    rm -f port
    head -c 4M /dev/zero | tr '\000' '\377' >flash.img
    "$build/tests/support/chip_port" rfc2217 \
        "$build/share/otatool/firmware/rom.elf" flash.img "line.pace=$1" \
        >port 2>log &
    local chip=$!
    # shellcheck disable=SC2064 # the process of now
    trap "kill $chip; rm -rf '$scratch'" EXIT
    until [ -s port ]; do sleep 0.05; done
    port=$(head -n 1 port)
    compare_flash write flash --full --no-verify 0x100000 app.bin -- \
        write_flash 0x100000 app.bin
    compare_flash verify verify-flash --no-verify 0x100000 app.bin -- \
        verify_flash 0x100000 app.bin
    compare_flash read read-flash -o ours.bin 0x100000 1M -- \
        read_flash 0x100000 0x100000 theirs.bin
    cmp ours.bin app.bin
    kill "$chip"
    wait "$chip" || true
    trap 'rm -rf "$scratch"' EXIT
}

bench_flash() {
    rounds=${OTATOOL_ROUNDS:-3}
    baud=${OTATOOL_BAUD:-460800}
    "$build/tests/support/make_input" app_950k "$scratch/app.bin"
    cd "$scratch"
    truncate -s 1M app.bin
    printf '\n== a line that takes no time\n'
    with_chip 0
    printf '\n== a line as slow as its speed\n'
    with_chip 1
}

case ${1:-pack} in
pack) bench_pack ;;
flash) bench_flash ;;
*)
    echo 'Usage: ./dev bench pack|flash|serve' >&2
    exit 2
    ;;
esac
