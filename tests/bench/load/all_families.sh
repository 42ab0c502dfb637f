#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A pack and an app on one URL, asked by all families of clients at once: each
# gets every byte of what is meant for it, and who is not known gets none.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"
for input in boot_small_1M app_7000_400k pt_v2tov3_1M; do
    "$make_input" "$input" "$input"
done
parts=(0x0 boot_small_1M 0x5000 pt_v2tov3_1M 0x7000 app_7000_400k)
"$otatool" pack -q -o pack.bin "${parts[@]}"
"$otatool" pack -q -o both.bin --slot both "${parts[@]}"
files=(pack.bin user1.both.bin user2.both.bin app_7000_400k)

# mix: ten families, ten clients of each.
mix() {
    "$mix" --clients 100 --rounds 5 "$address" "$@"
}

start_server --old pack.bin --new app_7000_400k --workers 2
results=$(mix "${files[@]}")
echo "$results"
expect "$results" downloads 320 refusals 100 broken_off 80 failures 0

# Each family was known, and given what the log says.
for given in 'nonos .*: pack for user1' 'nonos .*: pack for user2' \
    'at .*: pack for user2' 'rtos2 .*: pack' 'v3 .*: pack' \
    'v3-https .*: app' 'agent .*: app' 'arduino .*: -' 'unknown .*: -'; do
    grep -q "; $given" log || {
        echo "not in the log: $given"
        tail -n 5 log
        exit 1
    }
done

# That the judge can say no: user1's file is not user2's.
if mix pack.bin user2.both.bin user1.both.bin app_7000_400k 2>wrong; then
    echo 'the wrong slot was not seen'
    exit 1
fi
grep -q 'nonos in slot 1' wrong
