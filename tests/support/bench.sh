#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures, prints, asserts nothing.
#
#   bench.sh pack      pack and verify of about 1 MB, as whole processes
#
# OTATOOL_PEER_PACK names a pack_fw.py to compare with, run by
# OTATOOL_PEER_PYTHON (default python2); OTATOOL_ROUNDS the rounds (31).
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

case ${1:-pack} in
pack) bench_pack ;;
*)
    echo 'Usage: ./dev bench pack|serve' >&2
    exit 2
    ;;
esac
