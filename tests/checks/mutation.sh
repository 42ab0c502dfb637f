#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A proof that nothing can fail proves nothing: faults are put into the
# engines one by one, and the campaigns must catch each.
#
#   mutation.sh SOURCE_FOLDER
set -euo pipefail

source=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
cp -r "$source/src" "$source/include" "$source/firmware" "$source/tests" .
mkdir objects
failed=0

includes=(-Iinclude -Ifirmware -Isrc/sim -Itests/support -Itests/power)

sources() {
    ls src/core/*.c src/host/*.c src/sim/*.c firmware/agent/*.c
    for name in agent_server agent_world boot_world nor_flash sample_pack; do
        echo "tests/support/$name.c"
    done
    ls tests/power/{download_subject,update_subject,prove}.c
}

object_of() {
    echo "objects/$(echo "$1" | tr / _).o"
}

# compile FILE
compile() {
    gcc -std=c17 -O2 -D_GNU_SOURCE "${includes[@]}" -c "$1" \
        -o "$(object_of "$1")"
}

link() {
    gcc objects/*.o -o prove -ljansson -lnettle -lz -lm -pthread
}

export -f compile object_of
export includes_text="${includes[*]}"
sources | xargs -P "$(nproc)" -I{} bash -c \
    "includes=($includes_text); compile {}"
link
./prove check >out || {
    cat out
    echo 'the engines lose devices as they are'
    exit 1
}

# mutant NAME FILE SED: FILE's text, as one line, is changed by SED.
mutant() {
    local name=$1 file=$2 change=$3
    cp "$file" kept
    sed -z -i "$change" "$file"
    if cmp -s kept "$file"; then
        echo "$name: the text that is to be changed is not in $file"
        failed=1
        return
    fi
    if ! compile "$file" || ! link; then
        echo "$name: does not compile"
        failed=1
    elif timeout 100 ./prove check >out; then
        echo "$name: NOT caught"
        failed=1
    else
        echo "$name: caught"
    fi
    cp kept "$file"
    compile "$file"
}

mutant 'the boot switches before the pack has moved' src/core/migrate.c \
    's/return move_pack(migration, err) && check_moved(migration, err) &&\s*ota_migrate_switch(migration, err)/return ota_migrate_switch(migration, err) \&\& move_pack(migration, err) \&\& check_moved(migration, err)/'
mutant 'a write is not read back' src/core/flash.c \
    's/ &&\s*read_back(flash, offset, data, size, err)//'
mutant 'an erase is not read back' src/core/flash.c \
    's/ &&\s*read_back(flash, offset, NULL, OTA_SECTOR_SIZE, err)//'
mutant 'a sector is written without an erase' src/core/flash.c \
    's/return ota_flash_erase(flash, offset, err) &&\s*ota_flash_write/return ota_flash_write/'
mutant 'the last sector is not copied' src/core/sector_copy.c \
    's/at < copy->size; at += OTA_SECTOR_SIZE/at + OTA_SECTOR_SIZE < copy->size; at += OTA_SECTOR_SIZE/'
mutant 'a half-erased sector is trusted' src/core/sector_copy.c \
    's/(!has_begun && !erase(copy, doubtful, at, err)) ||//'
mutant 'the parameters that are written still name user2' \
    src/core/migrate_switch.c 's/migration->sector\[0\] = params.byte0;//'
mutant 'the settings of the old world stay' src/core/migrate_settle.c \
    's/blank_settings(migration, table, is_resumed, err) &&//'
mutant 'a step of the swap is marked before it is done' src/core/swap.c \
    's/if (!step(swap, tools, count, err) ||\s*!set_mark(tools->flash, journal, count, err))/if (!set_mark(tools->flash, journal, count, err) || !step(swap, tools, count, err))/'
mutant 'the journal of the swap is not written' src/core/swap.c \
    's/if (!step(swap, tools, count, err) ||\s*!set_mark(tools->flash, journal, count, err))/if (!step(swap, tools, count, err))/'
mutant 'an app on trial is not marked as started' src/core/update_prepare.c \
    's/return rename(update, start, start->named.sequence, OTA_OTADATA_PENDING,\s*err);/return true;/'
mutant 'an old entry is not made invalid before it is erased' \
    src/core/otadata.c 's/return invalidate(flash, offset, err) &&/return/'
mutant 'the copied app is named before it is copied' \
    src/core/update_prepare.c \
    's/return sector_copy_run(&copy, err) &&\s*ota_image_verify(&moved, &source, to, err) &&\s*name_slot_0(update, err);/return name_slot_0(update, err) \&\& sector_copy_run(\&copy, err) \&\& ota_image_verify(\&moved, \&source, to, err);/'
exit $failed
