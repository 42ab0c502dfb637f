#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The README names the two commands; the manual and --help know the same
# commands and options.
#
#   readme.sh SOURCE_FOLDER OTATOOL
set -eu
cd "$1"
otatool=$2
manual=docs/man/otatool.1
failed=0

complain() {
    echo "$*"
    failed=1
}

options_of() {
    "$otatool" "$1" --help | grep -oE -- '--[a-z][a-z0-9-]+' | sort -u
}

in_manual() {
    sed 's/\\-/-/g' "$manual" |
        awk -v want="$1" '
            /^\.S[HS] / { inside = $2 == want }
            inside { print }' |
        grep -oE -- '--[a-z][a-z0-9-]+' | sort -u
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
    in_manual "$command" | grep -vE -- "$common" >"$scratch/manual" || true
    grep -q "^\.SS $command\$" "$manual" ||
        complain "$manual has no part on $command"
    diff -u --label "otatool $command --help" --label "$manual" \
        "$scratch/help" "$scratch/manual" || failed=1
    page=docs/man/otatool-$command.1
    [ -e "$page" ] || continue
    sed 's/\\-/-/g' "$page" | grep -oE -- '--[a-z][a-z0-9-]+' |
        sort -u >"$scratch/manual" || true
    lacking=$(comm -23 "$scratch/help" "$scratch/manual")
    [ -z "$lacking" ] || complain "$page does not know" $lacking
done
exit $failed
