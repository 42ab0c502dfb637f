#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The units for systemd name what systemd knows, and confine the server well:
# an exposure of at most 2 on systemd's scale to 10.
#
#   units.sh SOURCE_FOLDER
set -eu
cd "$1/docs/systemd"
command -v systemd-analyze >/dev/null || {
    echo 'systemd-analyze is not installed: skipped'
    exit 77
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Neither the program nor its manual need be installed here.
sed 's|^ExecStart=.*|ExecStart=/bin/true|; /^Documentation=/d' \
    otatool.service >"$scratch/otatool.service"
cp ./*.socket "$scratch"
cd "$scratch"
systemd-analyze verify ./otatool.service ./otatool.socket ./otatool-tls.socket 2>&1 |
    grep otatool && exit 1
systemd-analyze security --offline=true --threshold=20 \
    ./otatool.service >report || {
    cat report
    exit 1
}
tail -n 1 report
