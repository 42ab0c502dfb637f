#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/errors.md is what the table of words says; ./dev docs writes it anew.
#
#   docs_errors.sh PRINT_ERRORS DOCS_FOLDER
set -eu
"$1" | diff -u "$2/errors.md" - || {
    echo 'run ./dev docs'
    exit 1
}
