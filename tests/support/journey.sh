# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What journeys have in common, to be sourced with $build set: a folder of
# their own, in which they are then, and a server of what is in www.

IMAGES=$build/share/otatool/firmware
# shellcheck source=tests/support/device.sh
source "$(dirname "${BASH_SOURCE[0]}")/device.sh"

scratch=$(mktemp -d)
server=
clean_up() {
    [ -z "$server" ] || kill "$server" || true
    wait
    rm -rf "$scratch"
}
trap clean_up EXIT
cd "$scratch"

# Sets port.
start_server() {
    mkdir www
    : >server.log
    "$build/otatool" serve --quiet --port 0 --bind 127.0.0.1 --json www \
        >server.log 2>&1 &
    server=$!
    local i
    for ((i = 0; i < 200; i++)); do
        port=$(sed -n 's|.*"ready","url":"http:[^"]*:\([0-9]*\)/".*|\1|p' \
            server.log)
        [ -z "$port" ] || return 0
        sleep 0.02
    done
    die "the server does not start: $(cat server.log)"
}
