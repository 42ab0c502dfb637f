#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sizes that keep code readable: 80 columns, functions of at most 60 lines
# and 6 parameters beside the error (where a library does not dictate them),
# sources of 600 lines, headers of 200, no #if but guards.
#
#   budgets.sh SOURCE_FOLDER
set -eu
cd "$1"

find include src firmware tests -name '*.[ch]' | sort | xargs awk '
function complain(line, text)
{
    print FILENAME ":" line ": " text
    failed = 1
}
function count_parameters(text)
{
    sub(/\)[^)]*$/, "", text)
    sub(/^[^(]*\(/, "", text)
    gsub(/\([^()]*\)/, "", text)
    sub(/, *struct ota_error \*err$/, "", text)
    return gsub(/,/, ",", text) + 1
}
FNR == 1 { signature = ""; body = 0 }
FNR == 601 && FILENAME ~ /\.c$/ { complain(FNR, "more than 600 lines") }
FNR == 201 && FILENAME ~ /\.h$/ { complain(FNR, "more than 200 lines") }
length($0) > 80 { complain(FNR, "more than 80 columns") }
/^# *(if|elif)/ && !/_H$/ { complain(FNR, "conditional compilation") }
/^\{$/ {
    body = FNR
    if (signature !~ /MHD_/ && count_parameters(signature) > 6)
        complain(FNR, "more than 6 parameters")
}
/^\}$/ && body {
    if (FNR - body + 1 > 60)
        complain(body, "a function of " FNR - body + 1 " lines")
    body = 0
}
/^$/ || /;$/ || /^[#}]/ || /\*\/$/ { signature = ""; next }
!body { signature = signature $0 }
END { exit failed }
'
