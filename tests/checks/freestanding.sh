#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Core runs on the chip: its objects, by whatever compiler, need nothing but
# mem*, and on the chip the compiler's own helpers for 32-bit arithmetic.
# 64-bit division and floats are not among them: they are slow and large.
#
#   freestanding.sh SOURCE_FOLDER
set -eu
cd "$1"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

chip_helpers='__(u?divsi3|u?modsi3|mulsi3|u?mulsidi3|muldi3'
chip_helpers="$chip_helpers|ashldi3|ashrdi3|lshrdi3|popcountsi2|bswapsi2)"

# check COMPILER NM ALLOWED [OPTION...]
check() {
    compiler=$1
    nm=$2
    allowed=$3
    shift 3
    if ! command -v "$compiler" >/dev/null; then
        echo "$compiler is not installed: skipped"
        return
    fi
    for source in src/core/*.c; do
        "$compiler" -std=c17 -ffreestanding -Os -Wall -Wextra -Werror \
            -Iinclude "$@" -c "$source" \
            -o "$scratch/$(basename "$source" .c).o"
    done
    "$compiler" -nostdlib -r -o "$scratch/core" "$scratch"/*.o
    needed=$("$nm" -u "$scratch/core" | awk '{print $2}' |
        grep -vE "^(mem(cpy|set|cmp|move)|$allowed)\$" || true)
    rm -f "$scratch"/*
    if [ -n "$needed" ]; then
        echo "core, compiled by $compiler, needs: $needed"
        failed=1
    else
        echo "core, compiled by $compiler, needs only mem*"
    fi
}

failed=0
check gcc nm _GLOBAL_OFFSET_TABLE_
check clang nm _GLOBAL_OFFSET_TABLE_
check xtensa-lx106-elf-gcc xtensa-lx106-elf-nm "$chip_helpers" \
    -mlongcalls
exit $failed
