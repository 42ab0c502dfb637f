#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whole journeys of emulated devices, against a real server on loopback: the
# old app of each slot, by each parameter sector, fetches the pack and
# restarts; the pack unpacks itself; version 1 updates itself to 2, and that,
# after another power-on, to 3.
#
#   journey.sh BUILD_FOLDER MAP BOOT CLIENT FORM [PLUGIN]
#
# FORM: what the updates are served as: app, pair or pack. PLUGIN: the one
# that ends a run at an access which the chip refuses.
set -euo pipefail

build=$(realpath "$1")
map=$2 boot=$3 client=$4 form=$5
if [ -n "${6:-}" ]; then
    export QEMU_MORE="-plugin $(realpath "$6")"
fi
# shellcheck source=tests/support/journey.sh
source "$(dirname "$0")/../support/journey.sh"

die() {
    echo "journey.sh: $*" >&2
    [ ! -e console ] || sed 's/^/    /' console >&2
    exit 1
}

# The layout of the new world: two slots in what the flash has.
make_table() {
    local second
    case $map in
    *@1M) second='0x85000, 0x77000' ;;
    *) second='0x107000, 0x77000' ;;
    esac
    cat >partitions.csv <<END
phy_init, data, phy,   0x6000,  0x1000
ota_0,    app,  ota_0, 0x7000,  0x77000
nvs,      data, nvs,   0x7f000, 0x4000
otadata,  data, ota,   0x83000, 0x2000
ota_1,    app,  ota_1, $second
END
    "$build/otatool" partition-table --quiet --offset 0x5000 partitions.csv \
        table.bin
}

# app VERSION: linked for ota_0, for such a flash.
app() {
    case $map in
    *@1M) echo "$IMAGES/app_$1_ota_0.bin" ;;
    *) echo "$IMAGES/app_$1_2mb.bin" ;;
    esac
}

# pack VERSION OUTPUT [--slot SLOT]
pack() {
    local version=$1 output=$2
    shift 2
    "$build/otatool" pack --quiet "$@" -o "$output" \
        0x0 "$IMAGES/otatool_boot.bin" 0x5000 table.bin \
        0x7000 "$(app "$version")"
}

# update VERSION OUTPUT: as the form wants it.
update() {
    case $form in
    app) cp "$(app "$1")" "$2" ;;
    pair)
        "$build/otatool" pack --quiet --kind ota -o "$2" \
            "$(app "$1")" "$IMAGES/app_$1_ota_1.bin" table.bin
        ;;
    pack) pack "$1" "$2" ;;
    esac
}

# Where a device ends when all goes well.
run() {
    local status=0
    power_on flash app.server=10.0.2.2 app.port="$port" app.client="$client" \
        app.user1=/user1.bin app.user2=/user2.bin app.path=/app.bin \
        >console 2>&1 || status=$?
    [ "$status" = 0 ] || die "slot $slot, copy $copy: ended with $status"
}

says() {
    grep -qF -- "$1" console || die "slot $slot, copy $copy: no '$1'"
}

journey() {
    local slot=$1 copy=$2
    make_old_device flash "$map" "$boot" "$slot" "$copy"
    cp "$scratch/version_2" www/app.bin
    run
    says "user$slot runs"
    says "[old] the SDK is $sdk"
    says '[old] update: done'
    says '[app] version 1, at 0x7000'
    says '[app] version 2, at 0x'
    says '[app] up to date'
    cp "$scratch/version_3" www/app.bin
    run
    says '[app] version 2, at 0x'
    says '[app] version 3, at 0x'
    says '[app] up to date'
}

case $client in
N20) sdk='NonOS 2.0.0' ;;
N21) sdk='NonOS 2.1' ;;
N22) sdk='NonOS 2.2.1' ;;
N30) sdk='NonOS 3' ;;
R21) sdk='RTOS 2.1' ;;
esac
make_table
start_server
pack 1 www/user1.bin --slot user1
pack 1 www/user2.bin --slot user2
update 2 version_2
update 3 version_3
for slot in 1 2; do
    for copy in 0 1; do
        started=${EPOCHREALTIME/./}
        journey "$slot" "$copy"
        echo "user$slot, sector $copy:" \
            "$(((${EPOCHREALTIME/./} - started) / 1000)) ms"
    done
done
