#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs one golden test and compares what it prints and how it ends.
#
#   run.sh CASE.sh PROGRAMS DATA FIRMWARE
#
# The case runs as `sh -eu CASE.sh` in an empty folder, with otatool (from
# the folder PROGRAMS) and the tests' own programs on PATH, the generated
# inputs in $DATA, the built test firmware in $FIRMWARE, the images of the device side in $IMAGES and the
# case's own folder in $CASES. Beside the case
# lie CASE.out, CASE.err and CASE.exit; what is absent means empty and 0.
# OTATOOL_ACCEPT=1 rewrites them: review the diff.
set -eu

case_file=$(realpath "$1")
base=${case_file%.sh}
cases=$(dirname "$case_file")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/work" "$scratch/home"

run_case() {
    cd "$scratch/work"
    env -i PATH="$2:$2/tests/support:/usr/bin:/bin" HOME="$scratch/home" TMPDIR="$scratch" \
        TZ=UTC LC_ALL=C DATA="$3" FIRMWARE="${4:-}" CASES="$cases" \
        IMAGES="$2/share/otatool/firmware" \
        ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99 \
        sh -eu "$case_file" </dev/null >../out 2>../err
}

status=0
(run_case "$@") || status=$?
if [ "$status" = 0 ]; then : >"$scratch/exit"
else echo "$status" >"$scratch/exit"; fi

failed=0
for kind in out err exit; do
    expected=$base.$kind
    actual=$scratch/$kind
    if [ "${OTATOOL_ACCEPT:-}" = 1 ]; then
        rm -f "$expected"
        [ ! -s "$actual" ] || cp "$actual" "$expected"
        continue
    fi
    [ -e "$expected" ] || expected=/dev/null
    diff -u --label "expected $kind" --label "actual $kind" \
        "$expected" "$actual" || failed=1
done
exit $failed
