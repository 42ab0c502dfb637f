# SPDX-License-Identifier: Apache-2.0
# bash completion for otatool: commands and options out of --help.
_otatool()
{
    local word=${COMP_WORDS[COMP_CWORD]} choices
    if [ "$COMP_CWORD" -eq 1 ]; then
        choices=$(otatool --help 2>/dev/null | sed -n 's/^  \([a-z-]*\)  .*/\1/p')
        choices="$choices --help --version"
    elif [[ $word == -* ]]; then
        choices=$(otatool "${COMP_WORDS[1]}" --help 2>/dev/null |
            grep -oE -- '--[a-z][a-z0-9-]*')
    else
        compopt -o default
        return
    fi
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
}
complete -F _otatool otatool
