#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The soak knows memory that grows from memory that goes up and down.
set -euo pipefail
judge=$(dirname "$0")/../grows.awk

steady=$(seq 10 | awk '{ print 9000 + $1 % 3 * 400 }')
falling=$(seq 10 | awk '{ print 9000 - $1 * 50 }')
warming=$(seq 10 | awk '{ print $1 == 1 ? 3000 : 9000 }')
growing=$(seq 10 | awk '{ print 9000 + $1 * 400 + $1 % 2 * 100 }')
for samples in "$steady" "$falling" "$warming"; do
    echo "$samples" | awk -f "$judge"
done
for samples in "$growing" "$(seq 3)"; do
    if echo "$samples" | awk -f "$judge"; then
        echo 'not seen'
        exit 1
    fi
done
