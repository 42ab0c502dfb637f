#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The README names the two commands; each command has a page in the manual,
# which knows just the options that --help does.
#
#   readme.sh SOURCE_FOLDER OTATOOL
set -eu
cd "$1"
otatool=$2
failed=0

complain() {
    echo "$*"
    failed=1
}

options_of() {
    "$otatool" "$1" --help | grep -oE -- '--[a-z][a-z0-9-]+' | sort -u
}

for command in demo test; do
    grep -q "^\(    \)\?\(\$ \)\?./dev $command" README.md ||
        complain "README.md does not show ./dev $command"
done
commands=$("$otatool" --help | sed -n 's/^  \([a-z-]*\)  .*/\1/p')
[ -n "$commands" ] || complain 'otatool --help shows no commands'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
common='^--(json|quiet|help|usage|version)$'
for command in $commands; do
    options_of "$command" | grep -vE -- "$common" >"$scratch/help" || true
    page=docs/man/otatool-$command.1
    sed 's/\\-/-/g' docs/man/otatool.1 |
        grep -q "^\.BR otatool-$command (1)" ||
        complain "docs/man/otatool.1 does not name $command"
    [ -e "$page" ] || {
        complain "there is no $page"
        continue
    }
    sed 's/\\-/-/g' "$page" | grep -oE -- '--[a-z][a-z0-9-]+' |
        sort -u >"$scratch/manual" || true
    lacking=$(comm -23 "$scratch/help" "$scratch/manual")
    [ -z "$lacking" ] || complain "$page does not know" $lacking
    invented=$(comm -13 "$scratch/help" "$scratch/manual" |
        grep -vE -- "$common" || true)
    [ -z "$invented" ] || complain "$page knows what --help does not:" $invented
done
exit $failed
