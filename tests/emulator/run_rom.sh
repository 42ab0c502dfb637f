# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For scripts that run the emulated device; to be sourced.
#
#   run_rom ROM_ELF FLASH_FILE [key=value...]
#
# Prints what the device prints and returns its status (firmware/rom/status.h).
# MACHINE: sim, or lx60-nommu, which has a network. QEMU_MORE: more arguments.

run_rom() {
    local rom=$1 config=enable=on,target=native,arg=rom argument
    shift
    for argument; do
        config+=,arg=${argument//,/,,}
    done
    # shellcheck disable=SC2086 # QEMU_MORE is several words
    timeout 60 qemu-system-xtensa -M "${MACHINE:-sim}" -cpu lx106 -nographic \
        -monitor none -serial none -semihosting-config "$config" \
        -kernel "$rom" ${QEMU_MORE:-} </dev/null
}
