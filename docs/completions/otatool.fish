# SPDX-License-Identifier: Apache-2.0
# fish completion for otatool: commands and options out of --help.
function __otatool_commands
    otatool --help 2>/dev/null |
        string match -rg '^  ([a-z-]+)  +(.*)' | paste - -
end
function __otatool_options
    otatool (commandline -opc)[2] --help 2>/dev/null |
        string match -rga -- '(--[a-z][a-z0-9-]*)'
end
complete -c otatool -n __fish_use_subcommand -f -a '(__otatool_commands)'
complete -c otatool -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__otatool_options)'
