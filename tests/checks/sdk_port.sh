#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The component for the ESP8266_RTOS_SDK and its example compile in the SDK's
# own CMake build: its headers, its configuration, its options, its warnings
# as errors. Nothing is linked, since that takes the SDK's compiler (newlib).
#
# SDK_FOLDER is a checkout of espressif/ESP8266_RTOS_SDK with the submodules
# components/lwip/lwip and components/mbedtls/mbedtls; $IDF_PATH otherwise.
# Its Python needs click, cryptography, future, pyelftools, pyparsing, pyserial.
# Without an SDK this is skipped: exit 77.
#
#   sdk_port.sh SOURCE_FOLDER [SDK_FOLDER]
set -eu
example=$1/firmware/port/esp8266-rtos-sdk/example
sdk=${2:-${IDF_PATH:-}}
if [ -z "$sdk" ]; then
    echo 'skipped: no SDK is named, and IDF_PATH is not set'
    exit 77
fi
for submodule in lwip/lwip mbedtls/mbedtls; do
    [ -e "$sdk/components/$submodule/CMakeLists.txt" ] ||
        [ -d "$sdk/components/$submodule/src" ] || {
        echo "$sdk lacks components/$submodule"
        exit 1
    }
done
IDF_PATH=$(cd "$sdk" && pwd)
export IDF_PATH

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
cp "$example/sdkconfig.defaults" "$build/sdkconfig"
cmake -G Ninja -S "$example" -B "$build" -D IDF_TARGET=esp8266 \
    -D SDKCONFIG="$build/sdkconfig" -D PYTHON="${PYTHON:-python3}" \
    -D PYTHON_DEPS_CHECKED=1 >"$build/log" 2>&1 || {
    grep -A 6 '^CMake Error' "$build/log" || tail -n 30 "$build/log"
    exit 1
}

objects=$(ninja -C "$build" -t targets all |
    sed -n 's/^\(esp-idf\/\(otatool_update\|main\)\/.*\.obj\):.*/\1/p')
# shellcheck disable=SC2086 # names without blanks, one a word
ninja -C "$build" $objects >"$build/log" 2>&1 || {
    grep -A 4 -E 'FAILED|error:' "$build/log" | head -n 60
    exit 1
}
# Warnings of ours; those in the SDK's headers are not.
if grep -E '(otatool_update|example|firmware|src/core)/[^ ]*: warning:' \
    "$build/log"; then
    exit 1
fi
# The component brings all of otatool that it needs.
(cd "$build" && xtensa-lx106-elf-gcc -nostdlib -r -o all.o $objects)
if xtensa-lx106-elf-nm -u "$build/all.o" |
    grep -E ' (ota|agent|port|otatool)_'; then
    echo 'is used, but not compiled'
    exit 1
fi
echo "$(echo "$objects" | wc -l) objects compiled against" \
    "$(sed -n 's/^CONFIG_IDF_TARGET="\(.*\)"/\1/p' "$build/sdkconfig") headers"
