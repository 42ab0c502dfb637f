#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tracked files name no one's machine and hold no reminders or stray spaces.
#
#   words.sh SOURCE_FOLDER
set -eu
cd "$1"
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || {
    echo 'skipped: git does not know the files here'
    exit 77
}

failed=0
# refuse PATTERN: in any tracked text but this check.
refuse() {
    ! git grep -nIE "$1" -- . ':!tests/checks/words.sh' ':!LICENSE' || failed=1
}

refuse '(^|[^.[:alnum:]_/])/(work|root|home|Users)/'
refuse '\b(TODO|FIXME|XXX)\b'
refuse '[[:space:]]+$'
exit $failed
