# SPDX-License-Identifier: Apache-2.0
# Lines of name=value, one a server, to a table.

BEGIN {
    form = "%-8s %9s %8s %8s %7s %7s %8s %7s %18s %18s\n"
    printf form, "", "downloads", "failures", "at once", "resumed", "polls",
        "failures", "CPU s", "resident MB, each", "sockets MB, each"
}

function megabytes(kilobytes, count) {
    return sprintf("%.1f, %5.1f KB", kilobytes / 1024, kilobytes / count)
}

{
    for (i = 1; i <= NF; i++) {
        split($i, pair, "=")
        of[pair[1]] = pair[2]
    }
    name = of["server"]
    at_once[name] = of["at_once"] > 0 ? of["at_once"] : 1
    resident[name] = of["resident"] / at_once[name]
    sockets[name] = of["sockets"] / at_once[name]
    cpu[name] = of["ticks"] / of["tick"]
    printf form, name, of["downloads"], of["failures"], of["at_once"],
        of["resumed"], of["polls"], of["poll_failures"],
        sprintf("%.2f", cpu[name]), megabytes(of["resident"], at_once[name]),
        megabytes(of["sockets"], at_once[name])
    if (at_once[name] < devices * 0.95)
        note = note name " never had more than " at_once[name] " of the " \
            devices " devices at once\n"
}

function compare(what, table, aim) {
    if (table["nginx"] > 0)
        printf "%s, to nginx: %.2f%s\n", what,
            table["otatool"] / table["nginx"], aim
}

END {
    printf "%s", note
    compare("resident memory a device", resident, " (aim <=0.6)")
    compare("kernel socket memory a device", sockets, " (aim <=0.3)")
    compare("CPU seconds", cpu, "")
}
