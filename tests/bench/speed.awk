# SPDX-License-Identifier: Apache-2.0
# Lines "ROUND SERVER WORK REQUESTS_A_SECOND CPU_MICROSECONDS" to a table of
# medians; a ratio is the median of the rounds' ratios.

BEGIN {
    label["full"] = "400 KB, keep-alive"
    label["new-connection"] = "400 KB, new connection"
    label["old-sdk"] = "the same, by the old SDK"
    label["range"] = "ranges of 4 KB"
    label["head"] = "HEAD"
    label["not-modified"] = "If-None-Match"
    aim["full"] = ">=1.3 <=0.7 >=0.8"
    aim["new-connection"] = aim["old-sdk"] = ">=1.0 <=1.0 -"
    aim["range"] = ">=1.4 <=0.6 >=0.8"
    aim["head"] = aim["not-modified"] = ">=1.2 <=0.7 -"
}

{
    speed[$3, $2, $1] = $4
    cost[$3, $2, $1] = $5
    if (!($3 in seen))
        works[++count] = $3
    seen[$3] = 1
    if ($1 > rounds)
        rounds = $1
}

function median(values, n, i, j, swap) {
    if (n == 0)
        return "-"
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && values[j - 1] > values[j]; j--) {
            swap = values[j]
            values[j] = values[j - 1]
            values[j - 1] = swap
        }
    return (values[int((n + 1) / 2)] + values[int(n / 2) + 1]) / 2
}

function middle(table, work, server, round, values, n) {
    for (round = 1; round <= rounds; round++)
        if ((work, server, round) in table)
            values[++n] = table[work, server, round]
    return median(values, n + 0)
}

function ratio(table, work, other, round, values, n) {
    for (round = 1; round <= rounds; round++)
        if ((work, "otatool", round) in table &&
            table[work, other, round] > 0)
            values[++n] = \
                table[work, "otatool", round] / table[work, other, round]
    return median(values, n + 0)
}

function shown(form, number) {
    return number == "-" ? number : sprintf(form, number)
}

function numbers(form, table, work) {
    return sprintf("%9s %9s %9s %9s",
                   shown(form, middle(table, work, "otatool")),
                   shown(form, middle(table, work, "nginx")),
                   shown(form, middle(table, work, "python")),
                   shown(form, middle(table, work, "ceiling")))
}

END {
    head = "%-24s %9s %9s %9s %9s   %-16s %-16s\n"
    printf head, "requests a second", "otatool", "nginx", "python",
        "ceiling", "to nginx (aim)", "to ceiling (aim)"
    for (i = 1; i <= count; i++) {
        split(aim[works[i]], aims, " ")
        printf "%-24s %s   %-16s %-16s\n", label[works[i]],
            numbers("%.0f", speed, works[i]),
            shown("%.2f", ratio(speed, works[i], "nginx")) " (" aims[1] ")",
            shown("%.2f", ratio(speed, works[i], "ceiling")) \
            (aims[3] == "-" ? "" : " (" aims[3] ")")
    }
    printf "\n" head, "CPU us a request", "otatool", "nginx", "python",
        "ceiling", "to nginx (aim)", "to ceiling"
    for (i = 1; i <= count; i++) {
        split(aim[works[i]], aims, " ")
        printf "%-24s %s   %-16s %-16s\n", label[works[i]],
            numbers("%.1f", cost, works[i]),
            shown("%.2f", ratio(cost, works[i], "nginx")) " (" aims[2] ")",
            shown("%.2f", ratio(cost, works[i], "ceiling"))
    }
}
