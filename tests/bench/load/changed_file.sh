#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A file that is replaced, cut off or deleted while devices are downloading it
# reaches them as it was when they began.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"
start_server
cp root/firmware.bin original.bin

change() {
    case $1 in
    replace) head -c 300000 /dev/zero >new && mv new root/firmware.bin ;;
    cut_off) truncate -s 1000 root/firmware.bin ;;
    delete) rm root/firmware.bin ;;
    esac
}

for how in replace cut_off delete; do
    cp original.bin new
    mv new root/firmware.bin
    devices_begin --devices 100 --rate 300000
    change "$how"
    devices_end
    expect "$results" downloads 100 failures 0 lost 0
done
