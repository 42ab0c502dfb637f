# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# An old device for scripts: its flash, and its power switch; to be sourced.
# $IMAGES: the folder of the device side's images.

# shellcheck source=tests/emulator/run_rom.sh
source "$(dirname "${BASH_SOURCE[0]}")/../emulator/run_rom.sh"

# Flash maps: code, size of the flash, distance of the slots, old app.
map_figures() {
    case $1 in
    512+512@1M) echo 2 0x100000 0x80000 512 ;;
    512+512@2M) echo 3 0x200000 0x80000 512 ;;
    512+512@4M) echo 4 0x400000 0x80000 512 ;;
    1024+1024@2M) echo 5 0x200000 0x100000 1024 ;;
    1024+1024@4M) echo 6 0x400000 0x100000 1024 ;;
    *)
        echo "no figures for the flash map $1" >&2
        return 1
        ;;
    esac
}

# put FILE OFFSET: stdin goes there.
put() {
    dd of="$1" bs=4096 seek=$(($2)) oflag=seek_bytes conv=notrunc status=none
}

# put_bytes FILE OFFSET BYTE...
put_bytes() {
    local file=$1 offset=$2 text
    shift 2
    # shellcheck disable=SC2046 # one escape for each byte
    printf -v text '\\x%02x' "$@"
    # shellcheck disable=SC2059 # it is the format that holds the bytes
    printf "$text" | put "$file" "$offset"
}

# make_old_device FLASH MAP BOOT SLOT COPY: a device as its old firmware left
# it: boot 1.BOOT, the old app in userSLOT, parameter sector COPY (0, 1) valid.
make_old_device() {
    local flash=$1 boot=$3 slot=$4 copy=$5 code size half app parameters
    local first second
    read -r code size half app < <(map_figures "$2")
    parameters=$((size - 0x4000))
    head -c "$((size))" /dev/zero | tr '\0' '\377' >"$flash"
    put "$flash" 0 <"$IMAGES/old_boot_1.$boot.bin"
    put_bytes "$flash" 2 2 $((code << 4))
    put "$flash" $((0x1000 + (slot - 1) * half)) \
        <"$IMAGES/old_app_${app}_user$slot.bin"
    first=$((slot - 1)) second=$boot
    if [ "$boot" != 2 ]; then
        first=$((first | 4)) second=$((0x80 | boot))
    fi
    put_bytes "$flash" $((parameters + 0x1000 * (1 + copy))) $first $second
    put_bytes "$flash" $((parameters + 0x3000)) "$copy"
}

# power_on FLASH [key=value...]: lets the device run until it ends by itself;
# prints what it prints and returns its status.
power_on() {
    MACHINE=lx60-nommu QEMU_MORE="-nic user,model=open_eth ${QEMU_MORE:-}" \
        run_rom "$IMAGES/rom.elf" "$@"
}
