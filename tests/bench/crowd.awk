# SPDX-License-Identifier: Apache-2.0
# Lines of name=value, one a server, to a table.

BEGIN {
    printf "%-8s %9s %8s %8s %7s %8s %8s %8s %11s %11s %7s\n", "",
        "downloads", "failures", "at once", "resumed", "polls", "failures",
        "CPU s", "resident MB", "sockets MB", "KB each"
}

{
    for (i = 1; i <= NF; i++) {
        split($i, pair, "=")
        of[pair[1]] = pair[2]
    }
    resident[of["server"]] = of["resident"]
    sockets[of["server"]] = of["sockets"]
    cpu[of["server"]] = of["ticks"] / of["tick"]
    printf "%-8s %9d %8d %8d %7d %8d %8d %8.2f %11.1f %11.1f %7.1f\n",
        of["server"], of["downloads"], of["failures"], of["at_once"],
        of["resumed"], of["polls"], of["poll_failures"],
        of["ticks"] / of["tick"], of["resident"] / 1024,
        of["sockets"] / 1024,
        (of["resident"] + of["sockets"]) / (of["at_once"] ? of["at_once"] : 1)
}

function compare(what, table, aim) {
    if (table["nginx"] > 0)
        printf "%s, to nginx: %.2f%s\n", what,
            table["otatool"] / table["nginx"], aim
}

END {
    compare("resident memory", resident, " (aim <=0.6)")
    compare("kernel socket memory", sockets, " (aim <=0.3)")
    compare("CPU seconds", cpu, "")
}
