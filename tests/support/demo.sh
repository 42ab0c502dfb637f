#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tour of ./dev demo: a device of the old SDK, run as machine code in the
# emulator, goes to the new one and on to version 2, over a line that breaks
# and through a power cut.
#
#   demo.sh BUILD_FOLDER
set -euo pipefail

build=$(realpath "$1")
IMAGES=$build/share/otatool/firmware
here=$(realpath "$(dirname "$0")")
# shellcheck source=tests/support/device.sh
source "$here/device.sh"
scratch=$(mktemp -d)
started=$scratch/started # a file: some are started in $(...)

clean_up() {
    xargs -r kill <"$started" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
: >"$started"
trap clean_up EXIT
cd "$scratch"
export PATH="$build:$PATH"

step() {
    printf '\n%s%s%s\n' "${ACCENT:-}" "$*" "${PLAIN:-}"
}

# Shows a command as typed, runs it, indents what it says.
run() {
    printf '%s  $ %s%s\n' "${BOLD:-}" "$*" "${PLAIN:-}"
    "$@" 2>&1 | sed 's/^/    /'
}

# start OUTPUT COMMAND...: in the background until the demo ends.
start() {
    local output=$1
    shift
    "$@" >"$output" 2>&1 &
    echo $! >>"$started"
}

# number_in FILE PATTERN: waits for a line and prints the number in it.
number_in() {
    local i
    for ((i = 0; i < 100; i++)); do
        sed -n "s/$2/\\1/p" "$1" | grep -m 1 . && return
        sleep 0.05
    done
    cat "$1" >&2
    return 1
}

# The line to the server: breaks once, after so many bytes of an answer.
# Prints its port.
bad_line() {
    start "relay.$1" "$build/tests/support/cut_relay" "$server" "$1"
    number_in "relay.$1" '^\([0-9][0-9]*\)$'
}

# --- two panes: the device's console, and the server's log ------------------

heading() {
    printf '\n    %s%-50s %s%s\n' "${BOLD:-}" "$1" "$2" "${PLAIN:-}"
}

device_pane() {
    local line
    while read -r line; do
        case $line in
        '[rom] reset 0'*) line='(power on)' ;;
        '[rom] reset'*) line='(restart)' ;;
        '[rom] end status=77'*) line='(power cut)' ;;
        '[old]'* | '[boot]'* | '[app]'* | '2nd boot'*) ;;
        *) continue ;;
        esac
        printf '    %.50s\n' "$line"
    done
}

server_pane() {
    local line
    while read -r line; do
        [[ $line != serving* ]] || continue
        line=${line#* * }
        line=${line//\"/}
        printf '    %50s %s%s%s\n' '' "${ACCENT:-}" "${line/ bytes / }" \
            "${PLAIN:-}"
    done
}

# device STATUS [key=value...]: power on, until it ends by itself.
device() {
    local wanted=$1 status=0
    shift
    power_on flash app.server=10.0.2.2 app.client=N30 app.user1=/user1.bin \
        app.user2=/user2.bin app.tries=2 "$@" 2>&1 |
        tee -a console | device_pane || status=${PIPESTATUS[0]}
    sleep 0.1 # what the server has still to say
    [ "$status" = "$wanted" ] || {
        echo "the device ended with $status" >&2
        exit 1
    }
}

says() {
    grep -q "$1" "$2" || {
        echo "$2: nobody says '$1'" >&2
        exit 1
    }
}

step '1. For a device with 1 MB: bootloader, partition table, app in one file.'
cp "$IMAGES"/app_?_ota_0.bin "$build/firmware/partitions.csv" .
run otatool partition-table --quiet --offset 0x5000 partitions.csv table.bin
for slot in 1 2; do
    run otatool pack --quiet --bootloader otatool --slot "user$slot" \
        -o "user$slot.bin" 0x5000 table.bin 0x7000 app_1_ota_0.bin
done

step '2. Who can take it, and who cannot, and why.'
run otatool verify user2.bin

step '3. Rehearsed: every such device, emulated, runs what is in the file.'
run otatool simulate --for 512+512@1M --slot user2 user2.bin

step '4. A device of the old SDK fetches it. The line breaks half way.'
mkdir www
mv user1.bin user2.bin www
: >serve.log
otatool serve --port 0 --bind 127.0.0.1 www \
    > >(tee -a serve.log | server_pane) 2>&1 &
echo $! >>"$started"
server=$(number_in serve.log '^serving.*:\([0-9][0-9]*\).*')
make_old_device flash 512+512@1M 7 1 0
: >console
heading 'the device' 'the server'
device 0 app.port="$(bad_line 30000)"
says '\[old\] update: timed out' console
says '\[app\] version 1, at 0x7000' console

step '5. Version 2 is out. The line breaks again, and then the power fails.'
cp app_2_ota_0.bin www/app.bin
heading 'the device' 'the server'
line=$(bad_line 30000)
device 77 app.port="$line" app.path=/app.bin cut=200
says '\[app\] trying again' console
printf '    ...\n'
device 0 app.port="$line" app.path=/app.bin
says '\[app\] going on, [1-9][0-9]* bytes are' console
says '\[app\] version 2' console

step '6. One flipped bit in the app, which would kill devices.'
printf '\x01' | put app_1_ota_0.bin 20000
run otatool pack -o broken.bin --bootloader otatool \
    0x5000 table.bin 0x7000 app_1_ota_0.bin ||
    echo '    refused; no file was left behind'
[ ! -e broken.bin ]

step 'Next: README.md, otatool --help, ./dev test'
