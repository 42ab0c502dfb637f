#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves the stand-in ROM: what it refuses, its faults, its ends.
#
#   rom.sh FIRMWARE_BUILD SCRATCH [PLUGIN]
#
# FIRMWARE_BUILD was configured with OTATOOL_EMULATOR_TESTS.
set -euo pipefail

# shellcheck source=tests/emulator/run_rom.sh
source "$(dirname "$0")/run_rom.sh"
rom=$(realpath "$1")/rom.elf
probe=$(realpath "$1")/rom_probe.bin
plugin=${3:+$(realpath "$3")}
mkdir -p "$2"
cd "$2"
failed=0

complain() {
    echo "rom.sh: $*" >&2
    sed 's/^/    /' output >&2
    failed=1
}

# A flash of 1 MB, all zeros behind the program.
make_flash() {
    head -c 1048576 /dev/zero >flash
    dd if="$probe" of=flash conv=notrunc status=none
}

# device STATUS [key=value...]: one run on the flash as it is.
device() {
    local wanted=$1 status=0
    shift
    run_rom "$rom" flash "$@" >output 2>&1 || status=$?
    [ "$status" = "$wanted" ] ||
        complain "$MACHINE, $*: status $status, expected $wanted"
}

# probe STATUS CASE [key=value...]: on a new flash.
probe() {
    local wanted=$1 name=$2
    shift 2
    make_flash
    device "$wanted" "app.case=$name" "$@"
}

says() {
    grep -qE -- "$1" output || complain "does not say \"$1\""
}

ends_with() {
    tail -n 1 output | grep -qE "^\[rom\] end $1" ||
        complain "does not end with \"$1\""
}

check_images() {
    make_flash
    printf '\xff' | dd of=flash conv=notrunc status=none
    device 93
    says 'no image at 0: it starts with 0xff'
    make_flash
    printf '\x01' | dd of=flash bs=1 seek=64 conv=notrunc status=none
    device 92
    says 'checksum 0x.., expected 0x'
    make_flash
    printf '\x60' | dd of=flash bs=1 seek=11 conv=notrunc status=none
    device 94
    head -c 1000000 /dev/zero >flash
    device 2
    says 'its size is not that of a chip'
    rm flash
    device 2
    says 'cannot be opened'
}

check_arguments() {
    make_flash
    device 2 tare=1
    says 'no such option: tare=1'
    device 2 cut=
    says 'no number: cut='
    device 2 cut=0x1g
    device 2 cut
    says 'no such option: cut'
}

check_cases() {
    local name
    for name in nor refusals chip-sizes commands wraps window library \
        arithmetic printf fed md5 erase-chip; do
        probe 0 "$name"
        ends_with 'status=0 resets=0 '
    done
    probe 0 write-error werr=2
    probe 0 erase-error eerr=2
    probe 0 silent wnop=1 enop=2
    probe 0 change trace=1
    says 'erase 0x010000 4096 bytes'
    ends_with 'status=0 resets=0 erases=1 programs=2 reads=[0-9]+ ms=4[89]'
    probe 0 resets
    says 'step 3, cause 4'
    ends_with 'status=0 resets=3 '
}

check_ends() {
    probe 96 reset-always reset=3
    ends_with 'status=96 resets=3 '
    probe 96 watchdog reset=0
    says '26 s are borne'
    says 'the watchdog bites, 2700. ms'
    probe 96 spin reset=0
    says 'the watchdog bites'
    probe 97 unknown-entry
    says 'unknown entry 0x40001234, called from 0x4010'
    ends_with 'status=97 '
    probe 98 time ms=5000
    ends_with 'status=98 .* ms=5...$'
    probe 99 crash
    says 'exception 9 at 0x4010.*, access to 0x3ffe8001'
    probe 95 return
    probe 0 jump stop=0x40210000
    says '^jumps$'
    says 'app entry 0x40210000 reached'
    probe 0 jump-masked stop=0x40210000
    says '^jumps$'
    says 'app entry 0x40210000 reached'
    probe 0 jump stop=0x40210004
    says '^is back$'
}

# Cuts in the erase (operation 1) or the second page (operation 3): the same
# seed leaves the same state, others leave others, within NOR rules.
check_torn() {
    local operation=$1 reader=$2 tear states
    : >states
    for tear in 0 1 2 3 4 5 6 7 8 9 10 11; do
        probe 77 change cut="$operation" tear="$tear"
        ends_with 'status=77 '
        cp flash first
        probe 77 change cut="$operation" tear="$tear"
        cmp -s flash first || complain "tear=$tear differs each time"
        device 0 "app.case=$reader"
        grep '^state' output >>states || complain "no state"
    done
    states=$(sort -u states | wc -l)
    [ "$states" = 12 ] || complain "12 ways to tear left $states states"
}

check_whole_cuts() {
    probe 77 change cut=1 tear=0
    dd if=flash bs=4096 skip=16 count=1 status=none |
        cmp -s - <(head -c 4096 /dev/zero) || complain "tear=0 erased"
    probe 77 change cut=1 tear=1
    dd if=flash bs=4096 skip=16 count=1 status=none | tr '\377' '\0' |
        cmp -s - <(head -c 4096 /dev/zero) || complain "tear=1 left bits"
}

check_plugin() {
    local QEMU_MORE="-plugin $plugin,spin=1000000"
    probe 0 nor
    probe 79 narrow
    says 'access of less than a word: code at 0x4010.*, address 0x40107000'
    probe 78 loop
}

for MACHINE in sim lx60-nommu; do
    check_images
    check_arguments
    check_cases
    check_ends
    check_whole_cuts
    check_torn 1 torn-erase
    check_torn 3 torn-program
    if [ -n "$plugin" ]; then
        check_plugin
    fi
done
exit "$failed"
