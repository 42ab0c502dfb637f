#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The long proof, behind ./dev prove: campaigns over everything that writes a
# flash; what a migration costs beside Espressif's unpacker, for an app of
# 300 KB; the boot's own machine code cut in each operation of a migration;
# and what the unpacker would lose. Pages for the browser go to OUTPUT.
#
#   prove.sh BUILD_FOLDER OUTPUT
set -euo pipefail

build=$(realpath "$1")
mkdir -p "$2"
cd "$2"
otatool=$build/otatool
app_size=$((300 * 1024))

say() {
    printf '\n== %s (%d s)\n' "$*" "$SECONDS"
}

# pack NAME TABLE_OFFSET APP_OFFSET: partitions come on stdin.
pack() {
    cat >"$1.csv"
    "$otatool" partition-table --quiet --offset "$2" "$1.csv" "$1.table.bin"
    "$build/tests/power/make_app" "$app_size" "$3" "$1.app.bin"
    "$otatool" pack --quiet --no-verify -o "$1.bin" --bootloader otatool \
        "$2" "$1.table.bin" "$3" "$1.app.bin" 2>/dev/null
}

pack 1mb 0x5000 0x7000 <<'CSV'
phy_init, data, phy,   0x6000,  0x1000
ota_0,    app,  ota_0, 0x7000,  0x77000
nvs,      data, nvs,   0x7f000, 0x4000
otadata,  data, ota,   0x83000, 0x2000
ota_1,    app,  ota_1, 0x85000, 0x77000
CSV
pack 2mb 0x8000 0x10000 <<'CSV'
nvs,      data, nvs,   0x9000,   0x4000
otadata,  data, ota,   0xd000,   0x2000
phy_init, data, phy,   0xf000,   0x1000
ota_0,    app,  ota_0, 0x10000,  0xec000
ota_1,    app,  ota_1, 0x110000, 0xec000
CSV

say 'campaigns, in native code'
"$build/tests/power/prove" long

say 'an app of 300 KB, 1 MB layout on 512+512@1M'
"$otatool" simulate 1mb.bin --cuts one --tears 3 --for 512+512@1M \
    --profiles few --report 1mb.html
say 'an app of 300 KB, 2 MB layout on 512+512@4M: ota_0 ends beyond half'
"$otatool" simulate 2mb.bin --cuts one --tears 3 --for 512+512@4M \
    --profiles few --report 2mb.html

say 'machine code of the boot, each operation cut once'
"$otatool" simulate 1mb.bin --cuts one --gear emulator --for 512+512@1M \
    --boot 1.7 --slot user2 --profiles few --report machine-code.html

say "what Espressif's unpacker would lose, as it is modelled"
"$otatool" simulate 2mb.bin --upstream --cuts one --tears 3 --for 512+512@4M \
    --profiles few --boot 1.2,1.7 --report unpacker.html 2>/dev/null || true

say "done; pages are in $PWD"
