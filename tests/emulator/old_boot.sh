#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Our old boots do what the originals do, as old_boot.txt has it.
#
#   old_boot.sh IMAGES SCRATCH
#
# OLD_BOOTS: a folder with boot_v1.2.bin to boot_v1.7.bin, to try these
# instead.
set -euo pipefail

images=$(realpath "$1")
table=$(realpath "$(dirname "$0")")/old_boot.txt
support=$(realpath "$(dirname "$0")"/../support)
mkdir -p "$2"
cd "$2"
# shellcheck source=tests/support/device.sh
IMAGES=$images source "$support/device.sh"
failed=0

complain() {
    echo "old_boot.sh: boot 1.$boot, map $map: $*" >&2
    sed 's/^/    /' output >&2
    failed=1
}

boot_file() {
    if [ -n "${OLD_BOOTS:-}" ]; then
        echo "$OLD_BOOTS/boot_v1.$1.bin"
    else
        echo "$images/old_boot_1.$1.bin"
    fi
}

# make_image FILE STATUS CHECKSUM: ends the run with that status. It is loaded
# where it overwrites no boot.
make_image() {
    head -c 64 /dev/zero >"$1"
    put_bytes "$1" 0 0xe9 1 0 0 0x00 0x20 0x10 0x40 0x00 0x20 0x10 0x40 32
    put_bytes "$1" 16 0x06 0x01 0 0 0xf0 0xff 0x00 0x40 0x22 0xa0 "$2" 0x01 \
        0xfe 0xff 0xa0
    put_bytes "$1" 63 "$3"
}

# make_images SLOT STATUS CHECKSUM: all that may lie in it.
make_images() {
    make_image "image-$1" "$2" "$3"
    make_image "magic-$1" "$2" "$3"
    put_bytes "magic-$1" 0 0xe8
    make_image "sum-$1" "$2" $(($3 ^ 0x55))
    make_image "empty-$1" "$2" $(($3 ^ 0x55))
    put_bytes "empty-$1" 1 0
    put_bytes "empty-$1" 4 0x34 0x12 0x00 0x40
    head -c 32 /dev/zero >"container-$1"
    put_bytes "container-$1" 0 0xea 4 0 0
    put_bytes "container-$1" 12 16
    cat "image-$1" >>"container-$1"
    cp "container-$1" "unmarked-$1"
    put_bytes "unmarked-$1" 1 3
    cp "container-$1" "partless-$1"
    put_bytes "partless-$1" 12 0
    : >"nothing-$1"
}

map_of_code() {
    local names=(256+256@512K '' 512+512@1M 512+512@2M 512+512@4M
        1024+1024@2M 1024+1024@4M)
    echo "${names[$1]:-}"
}

# Where boots look for the parameters and for user2.
place_of_map() {
    case $1 in
    0) echo 0x80000 0x7c000 0x41000 ;;
    8) echo 0x800000 0x7fc000 0x101000 ;;
    *)
        local code size half app
        read -r code size half app < <(map_figures "$(map_of_code "$1")")
        echo $((size)) $((size - 0x4000)) $((half + 0x1000))
        ;;
    esac
}

# bytes FILE OFFSET COUNT: as hexadecimal digits.
bytes() {
    od -An -v -tx1 -j $(($2)) -N "$3" "$1" | tr -d ' \n'
}

# lay_out: of the row's variables, a flash.
lay_out() {
    read -r size parameters user2_at < <(place_of_map "$map")
    head -c "$((size))" /dev/zero | tr '\0' '\377' >flash
    put flash 0 <"$(boot_file "$boot")"
    put_bytes flash 2 2 $((map << 4))
    put flash 0x1000 <"$user1-1"
    put flash "$user2_at" <"$user2-2"
    put_bytes flash $((parameters + 0x1000)) 0x"${first%??}" 0x"${first#??}"
    put_bytes flash $((parameters + 0x2000)) 0x"${second%??}" 0x"${second#??}"
    put_bytes flash $((parameters + 0x3000)) 0x"$flag"
}

check_row() {
    local status=0 parameters user2_at size
    lay_out
    run_rom "$images/rom.elf" flash reset=8 >output 2>&1 || status=$?
    [ "$status" = "$end" ] || complain "ended with $status, not with $end"
    tail -n 1 output | grep -qE " erases=$erases " ||
        complain "not $erases sectors were erased"
    local after
    after=$(bytes flash $((parameters + 0x1000)) 2)-$(
        )$(bytes flash $((parameters + 0x2000)) 2)-$(
        )$(bytes flash $((parameters + 0x3000)) 1)
    [ "$after" = "$left" ] || complain "left $after, not $left"
}

make_images 1 11 0x8e
make_images 2 12 0x89

while read -r boot map first second flag user1 user2 end erases left; do
    case $boot in '' | '#') continue ;; esac
    check_row
done <"$table"
exit "$failed"
