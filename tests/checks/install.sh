#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is installed works from any folder, and brings its manual along.
#
#   install.sh BUILD_FOLDER
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cmake --install "$1" --prefix "$scratch/usr" >"$scratch/log"
cd "$scratch"
otatool=$scratch/usr/bin/otatool
"$otatool" --version
for command in $("$otatool" --help | sed -n 's/^  \([a-z-]*\)  .*/\1/p'); do
    "$otatool" "$command" --help >help
    grep -q '^Usage: otatool' help
    test -e "usr/share/man/man1/otatool-$command.1"
done
for document in json.md errors.md FORMATS.md PORTING.md LICENSE; do
    test -e "usr/share/doc/otatool/$document"
done
