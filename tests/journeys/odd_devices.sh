#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Our boot on old devices that are not as the book has them: each starts the
# new app, or goes back to its old firmware.
#
#   odd_devices.sh BUILD_FOLDER [PLUGIN]
set -euo pipefail

build=$(realpath "$1")
if [ -n "${2:-}" ]; then
    export QEMU_MORE="-plugin $(realpath "$2")"
fi
IMAGES=$build/share/otatool/firmware
tables=$build/firmware/partitions.csv
# shellcheck source=tests/support/device.sh
source "$(dirname "$0")/../support/device.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
failed=0

# make_device MAP BOOT SLOT [PACK]: its client put the pack into userSLOT and
# restarts; the old firmware is still in the other slot.
make_device() {
    local code half app
    map=$1 slot=$3
    read -r code size half app < <(map_figures "$1")
    make_old_device flash "$1" "$2" "$3" 1
    put flash $((0x1000 + (slot - 1) * half)) <"${4:-pack.bin}"
    put flash $((0x1000 + (2 - slot) * half)) <"$IMAGES/old_firmware.bin"
}

# on_chip SIZE: of a larger flash the rest is erased; a smaller one has the
# parameters, which the old firmware wrote beyond its end, at its end.
on_chip() {
    local parameters=16384
    if (($1 > size)); then
        head -c $(($1 - size)) /dev/zero | tr '\0' '\377' >>flash
        return
    fi
    tail -c "$parameters" flash >last
    truncate -s $(($1 - parameters)) flash
    cat last >>flash
}

# ends STATUS WORDS [key=value...]
ends() {
    local wanted=$1 words=$2 status=0
    shift 2
    run_rom "$IMAGES/rom.elf" flash stop="$app_entry" "$@" >console 2>&1 ||
        status=$?
    if [ "$status" != "$wanted" ] || ! grep -qF -- "$words" console; then
        echo "odd_devices.sh: $map, user$slot, $*: status $status" >&2
        sed 's/^/    /' console >&2
        failed=1
    fi
}

"$build/otatool" partition-table --quiet --offset 0x5000 "$tables" table.bin
"$build/otatool" pack --quiet -o pack.bin 0x0 "$IMAGES/otatool_boot.bin" \
    0x5000 table.bin 0x7000 "$IMAGES/app_1_ota_0.bin"
app_entry=0x$(od -An -tx4 -j 4 -N 4 "$IMAGES/app_1_ota_0.bin" | tr -d ' ')
cp pack.bin damaged.bin
put_bytes damaged.bin 50000 0x55 0xaa 0x55 0xaa

for slot in 1 2; do
    # The chip is larger than its map, or smaller.
    make_device 512+512@1M 7 "$slot"
    on_chip $((4 << 20))
    ends 0 'starting the app'
    make_device 512+512@4M 7 "$slot"
    on_chip $((1 << 20))
    ends 0 'starting the app'
    make_device 1024+1024@4M 6 "$slot"
    on_chip $((2 << 20))
    ends 0 'starting the app'
    # The chip does not tell its size.
    make_device 512+512@4M 2 "$slot"
    ends 0 'starting the app' id=0x4125bf
    make_device 1024+1024@2M 7 "$slot"
    ends 0 'starting the app' id=0x01861f
    # What arrived is not what was sent.
    make_device 512+512@1M 7 "$slot" damaged.bin
    ends 60 'going back to the old firmware'
    make_device 512+512@1M 2 "$slot" damaged.bin
    ends 60 'going back to the old firmware'
done
exit "$failed"
