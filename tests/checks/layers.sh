#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Dependencies point one way: core <- host <- (server | client | flasher | sim) <- cli.
# A header belongs to the folder that holds the source of the same name;
# one without a source is core's. Each foreign library has its one file.
#
#   layers.sh SOURCE_FOLDER
set -eu
cd "$1"

# What each folder may include of the others.
may_use() {
    case $1 in
    core) echo core ;;
    host) echo core host ;;
    server) echo core host server ;;
    client) echo core host client ;;
    flasher) echo core host flasher ;;
    sim) echo core host sim ;;
    cli) echo core host server client flasher sim cli ;;
    esac
}

# Foreign headers, and the files that may name them.
foreign_home() {
    case $1 in
    microhttpd.h) echo 'src/server/http*' ;;
    gnutls/*) echo src/server/tls.c ;;
    curl/*) echo src/client/client.c ;;
    nettle/*) echo src/host/digest.c ;;
    argp.h) echo 'src/cli/*' ;;
    *) echo '*' ;;
    esac
}

layer_of_header() {
    for source in src/*/"$1".c; do
        [ ! -e "$source" ] || {
            basename "$(dirname "$source")"
            return
        }
    done
    echo core
}

complain() {
    echo "$1 includes $2: $3"
    failed=1
}

# check_own FILE LAYER HEADER: our own public header.
check_own() {
    owner=$(layer_of_header "$(basename "$3" .h)")
    case " $(may_use "$2") " in
    *" $owner "*) ;;
    *) complain "$1" "$3" "$2 must not know $owner" ;;
    esac
}

# check_private FILE LAYER HEADER: a header beside its source, or what the
# emulated device and who runs it have agreed upon.
check_private() {
    [ "$2:$3" = sim:rom/status.h ] ||
        [ -e "src/$2/$3" ] || [ -e "src/$2/$3.in" ] ||
        complain "$1" "$3" "no such header beside it"
}

check_foreign() {
    home=$(foreign_home "$3")
    # shellcheck disable=SC2254 # the pattern is meant
    case $1 in
    $home) ;;
    *) complain "$1" "$3" "only $home touches this library" ;;
    esac
    [ "$2" = core ] || return 0
    case $3 in
    stdbool.h | stddef.h | stdint.h | limits.h | string.h) ;;
    *) complain "$1" "$3" "core is freestanding" ;;
    esac
}

check_file() {
    while read -r header; do
        case $header in
        '"otatool/'*) check_own "$1" "$2" "$(echo "$header" | tr -d '"')" ;;
        '"'*) check_private "$1" "$2" "$(echo "$header" | tr -d '"')" ;;
        '<'*) check_foreign "$1" "$2" "$(echo "$header" | tr -d '<>')" ;;
        esac
    done <<END
$(sed -n 's/^# *include *\([<"][^>"]*[>"]\).*/\1/p' "$1")
END
}

failed=0
for file in src/*/*.[ch]; do
    check_file "$file" "$(basename "$(dirname "$file")")"
done
for file in include/otatool/*.h; do
    check_file "$file" "$(layer_of_header "$(basename "$file" .h)")"
done
exit $failed
