#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The update client needs at most 8 KB of RAM beside the network stack: what
# it keeps between calls (nothing) and the deepest stack, summed along the
# calls as the compiler lists them, the flash driver of the chip included.
# The other functions of its tables are the network stack's side.
#
#   agent_ram.sh SOURCE_FOLDER
set -eu
cd "$1"
most=8192
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for source in firmware/agent/*.c firmware/chip/*.c src/core/*.c; do
    xtensa-lx106-elf-gcc -std=c17 -Os -ffreestanding -ffunction-sections \
        -fdata-sections -mlongcalls -mtext-section-literals \
        -Iinclude -Ifirmware -fcallgraph-info=su \
        -c "$source" -o "$scratch/$(basename "$source" .c).o"
done

# --- static -----------------------------------------------------------------

xtensa-lx106-elf-gcc -nostdlib -r -Wl,--gc-sections -Wl,-e,agent_run \
    -Wl,-u,agent_layout_read -Wl,-u,chip_flash_open \
    -o "$scratch/agent" "$scratch"/*.o
kept=$(xtensa-lx106-elf-size "$scratch/agent" |
    awk 'NR == 2 { print $2 + $3 }')

# --- stack ------------------------------------------------------------------

# A call through a table: a source's goes to the flash, and all others may go
# to the driver of the flash. Functions of other places (mem*, the ROM's, the
# compiler's) are no deeper than 64 bytes.
deepest() {
    cat "$scratch"/*.ci | awk -v entry="$1" -v outside=64 '
    function quoted(text, key)
    {
        if (!match(text, key ": \"[^\"]*\""))
            return ""
        return substr(text, RSTART + length(key) + 3,
                      RLENGTH - length(key) - 4)
    }
    function consider(from, to, depth)
    {
        depth = reach(to)
        if (depth > below[from]) {
            below[from] = depth
            next_of[from] = to
        }
    }
    function reach(name, i)
    {
        if (name in done)
            return own[name] + below[name]
        if (name in entered)
            fail(name " calls itself")
        entered[name] = 1
        if (!(name in own))
            own[name] = outside
        below[name] = 0
        for (i = 1; i <= calls[name]; i++)
            if (call[name, i] == "__indirect_call")
                leave(name)
            else
                consider(name, call[name, i])
        done[name] = 1
        return own[name] + below[name]
    }
    function leave(name, i, wanted)
    {
        wanted = name == "ota_source_read" ? ":read_any$" : "chip_flash"
        for (i = 1; i <= callbacks; i++)
            if (callback[i] ~ wanted)
                consider(name, callback[i])
    }
    function fail(why)
    {
        print why > "/dev/stderr"
        has_failed = 1
        exit 1
    }
    /^node: / && / bytes \(/ {
        name = quoted($0, "title")
        if ($0 !~ / bytes \(static\)/)
            fail(name " has no fixed frame")
        label = quoted($0, "label")
        sub(/ bytes.*/, "", label)
        sub(/.*\\n/, "", label)
        own[name] = label
        if (name ~ /(flash\.c:read_any|chip_flash\.c:[a-z_]*)$/)
            callback[++callbacks] = name
    }
    /^edge: / {
        name = quoted($0, "sourcename")
        call[name, ++calls[name]] = quoted($0, "targetname")
    }
    END {
        if (has_failed)
            exit 1
        if (!(entry in own) || callbacks < 4)
            fail("the lists of calls lack " entry " or the flash driver")
        print reach(entry)
        for (name = entry; name in own; name = next_of[name])
            print own[name], name > "/dev/stderr"
    }'
}

run=$(deepest agent_run)
layout=$(deepest agent_layout_read)
stack=$((run > layout ? run : layout))
echo "agent_run: $run bytes of stack; agent_layout_read: $layout"
echo "the agent needs $((stack + kept)) bytes of RAM," \
    "of them $kept for ever; allowed are $most"
[ "$kept" -eq 0 ] && [ $((stack + kept)) -le $most ]
