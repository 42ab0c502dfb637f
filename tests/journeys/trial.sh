#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Updates on trial, in the emulator against our server: a migrated device of
# 1 MB, where the apps change places, and one of 2 MB, where they do not. A
# version that confirms itself stays, also when the power is lost while they
# are swapped; one that never does is rolled back, is refused from then on,
# and the device says why.
#
#   trial.sh BUILD_FOLDER [PLUGIN]
set -euo pipefail

build=$(realpath "$1")
if [ -n "${2:-}" ]; then
    export QEMU_MORE="-plugin $(realpath "$2")"
fi
# shellcheck source=tests/support/journey.sh
source "$(dirname "$0")/../support/journey.sh"

die() {
    echo "trial.sh: $map: $*" >&2
    [ ! -e console ] || sed 's/^/    /' console >&2
    exit 1
}

serve() {
    cp "$IMAGES/app_$1_$form.bin" www/app.bin
}

# run STATUS [key=value...]
run() {
    local wanted=$1 status=0
    shift
    power_on flash app.server=10.0.2.2 app.port="$port" app.path=/app.bin \
        app.client=N22 app.user2=/user2.bin app.trial=1 app.attempts=2 "$@" \
        >console 2>&1 || status=$?
    [ "$status" = "$wanted" ] || die "ended with $status, not with $wanted"
}

says() {
    grep -qF -- "$1" console || die "no '$1'"
}

says_not() {
    ! grep -qF -- "$1" console || die "there is '$1'"
}

# From the old SDK in user1 to version 1.
migrate() {
    make_old_device flash "$map" 6 1 0
    cat >partitions.csv <<END
phy_init, data, phy,   0x6000,  0x1000
ota_0,    app,  ota_0, 0x7000,  0x77000
nvs,      data, nvs,   0x7f000, 0x4000
otadata,  data, ota,   0x83000, 0x2000
ota_1,    app,  ota_1, $ota_1, 0x77000
END
    "$build/otatool" partition-table --quiet --offset 0x5000 partitions.csv \
        table.bin
    "$build/otatool" pack --quiet --slot user2 -o www/user2.bin \
        0x0 "$IMAGES/otatool_boot.bin" 0x5000 table.bin \
        0x7000 "$IMAGES/app_1_$form.bin"
    serve 1
    run 0
    says '[app] version 1, at 0x7000'
    says '[app] up to date'
    cp flash version_1
}

# Version 2 comes, starts on trial, and confirms itself.
update() {
    serve 2
    run 0
    says "$moves"
    says '[boot] on trial'
    says '[app] version 2, at 0x'
    says '[app] this version is confirmed'
    run 0
    says '[app] version 2, at 0x'
    says_not 'on trial'
    says_not 'confirmed'
    cp flash version_2
}

# Version 4 comes, reaches the server, and does not confirm itself.
bad_update() {
    cp version_2 flash
    serve 4
    run 0
    says '[boot] on trial'
    says '[app] version 4, at 0x'
    says_not 'confirmed'
    run 1
    says '[boot] not confirmed, going back'
    says '[app] version 2, at 0x'
    says '[app] error update-rolled-back'
    says_not 'version 4'
    run 1
    says_not 'going back'
    says '[app] version 2, at 0x'
    says '[app] error update-rolled-back'
    serve 3
    run 0
    says '[app] version 3, at 0x'
    says '[app] this version is confirmed'
}

# The power is lost in the download, in the swap, and in the way back.
cuts() {
    local cut
    serve 2
    for cut in 120 300 400 500 600; do
        cp version_1 flash
        run 77 cut="$cut" tear=7
        run 0
        says '[app] version 2, at 0x'
        says '[app] this version is confirmed'
    done
    cp version_2 flash
    serve 4
    run 0
    says '[app] version 4, at 0x'
    cp flash on_trial
    for cut in 5 60 120; do
        cp on_trial flash
        run 77 cut="$cut" tear=9
        run 1
        says '[app] version 2, at 0x'
        says '[app] error update-rolled-back'
    done
}

journey() {
    map=$1 ota_1=$2 form=$3 moves=$4
    rm -f www/*
    migrate
    update
    bad_update
}

map=
start_server
journey 512+512@1M 0x85000 ota_0 '[boot] swapping the app at 0x85000'
cuts
journey 512+512@4M 0x107000 2mb '[boot] starting the app at 0x107000'
