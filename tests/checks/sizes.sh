#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How large the device side is. The bootloader has a place that it must fit,
# and old clients take no boot but of three segments. The rest may grow when
# there is a reason to: the bounds are 15% above what it was.
#
#   sizes.sh SOURCE_FOLDER IMAGES_FOLDER
set -eu
cd "$1"
images=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

# bound NAME SIZE MOST
bound() {
    printf '%-18s %6d bytes of at most %d\n' "$1" "$2" "$3"
    [ "$2" -le "$3" ] || failed=1
}

boot=$images/otatool_boot.bin
bound otatool_boot.bin "$(wc -c <"$boot")" 16384
segments=$(od -An -tu1 -j1 -N1 "$boot" | tr -d ' ')
echo "otatool_boot.bin has $segments segments"
[ "$segments" -eq 3 ] || failed=1

bound stub.bin "$(wc -c <"$images/stub.bin")" 9400

for source in firmware/agent/*.c; do
    xtensa-lx106-elf-gcc -std=c17 -Os -ffreestanding -mlongcalls \
        -mtext-section-literals -Iinclude -Ifirmware -c "$source" \
        -o "$scratch/$(basename "$source" .c).o"
done
bound "agent, code" "$(xtensa-lx106-elf-size "$scratch"/*.o |
    awk 'NR > 1 { sum += $1 } END { print sum }')" 12000
app=$images/app_1_ota_0.bin
if [ -e "$app" ]; then
    bound app_1_ota_0.bin "$(wc -c <"$app")" 65000
else
    echo "app_1_ota_0.bin: not built, as there is no network stack"
fi
exit $failed
