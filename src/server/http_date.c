/* SPDX-License-Identifier: Apache-2.0 */
#include "http_date.h"
#include <stddef.h>
#include <string.h>
#include <time.h>

/* The program stays in the C locale, so the names are English. */
static const char *const forms[] = {
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %e %H:%M:%S %Y",
};

void http_date_format(int64_t seconds, char text[HTTP_DATE])
{
    time_t when = (time_t)seconds;
    struct tm tm;
    text[0] = '\0';
    if (gmtime_r(&when, &tm))
        strftime(text, HTTP_DATE, forms[0], &tm);
}

bool http_date_parse(const char *text, int64_t *seconds)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct tm tm = {0};
        const char *end = strptime(text, forms[i], &tm);
        if (!end || end[strspn(end, " \t")])
            continue;
        *seconds = (int64_t)timegm(&tm);
        return true;
    }
    return false;
}
