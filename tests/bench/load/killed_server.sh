#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The server is killed in the midst of all downloads and started again: the
# devices go on where they were, and none begins anew.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$0")/common.sh"
# What a kernel has taken would arrive nevertheless, so it gets little.
start_server --rate-per-download 100000
devices_begin --devices 100 --rate 100000
kill -KILL "$pid"
sleep 0.5
start_server --rate-per-download 100000
devices_end
expect "$results" downloads 100 failures 0 resumed 100 restarted 0
