/* SPDX-License-Identifier: Apache-2.0 */
#include "range.h"
#include <string.h>
#include <strings.h>

/* A gap smaller than the text between two parts is cheaper to send. */
enum { GAP = 128 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_spaces(const char *text)
{
    return text + strspn(text, " \t");
}

/* Digits as a number; one too large for 64 bits is as good as the largest. */
static const char *read_number(const char *text, uint64_t *number)
{
    *number = 0;
    for (; is_digit(*text); text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        bool fits = *number <= (UINT64_MAX - digit) / 10;
        *number = fits ? *number * 10 + digit : UINT64_MAX;
    }
    return text;
}

/* One of 5-9, 5- and -5, as bytes first to last, or NULL for nonsense.
 * *is_inside tells whether the file has any of them. */
static const char *read_range(const char *text, uint64_t size,
                              struct ota_route_range *range, bool *is_inside)
{
    uint64_t first;
    uint64_t last = UINT64_MAX;
    bool is_suffix = *text == '-';
    const char *digits = is_suffix ? text + 1 : text;
    const char *end = read_number(digits, &first);
    if (end == digits)
        return NULL;
    if (is_suffix) {
        *is_inside = first > 0 && size > 0;
        first = first < size ? size - first : 0;
    } else {
        if (*end++ != '-')
            return NULL;
        if (is_digit(*end))
            end = read_number(end, &last);
        if (last < first)
            return NULL;
        *is_inside = first < size;
    }
    if (*is_inside) {
        if (last > size - 1)
            last = size - 1;
        *range = (struct ota_route_range){first, last - first + 1};
    }
    return end;
}

static bool are_near(const struct ota_route_range *a,
                     const struct ota_route_range *b)
{
    const struct ota_route_range *low = a->offset <= b->offset ? a : b;
    const struct ota_route_range *high = low == a ? b : a;
    uint64_t end = low->offset + low->size;
    return high->offset <= end || high->offset - end < GAP;
}

static struct ota_route_range join(struct ota_route_range a,
                                   struct ota_route_range b)
{
    uint64_t offset = a.offset < b.offset ? a.offset : b.offset;
    uint64_t a_end = a.offset + a.size;
    uint64_t b_end = b.offset + b.size;
    uint64_t end = a_end > b_end ? a_end : b_end;
    return (struct ota_route_range){offset, end - offset};
}

/* A joined range may reach others, so the search starts over. The order of
 * the request stays, as the RFC asks. */
static void insert(struct ota_route_response *response,
                   struct ota_route_range range)
{
    for (size_t i = 0; i < response->range_count; i++) {
        struct ota_route_range *other = &response->ranges[i];
        if (!are_near(other, &range))
            continue;
        struct ota_route_range joined = join(*other, range);
        response->range_count--;
        memmove(other, other + 1, (response->range_count - i) * sizeof(*other));
        insert(response, joined);
        return;
    }
    response->ranges[response->range_count++] = range;
}

enum range_verdict range_parse(const char *value, uint64_t size,
                               struct ota_route_response *response)
{
    response->range_count = 0;
    if (strncasecmp(value, "bytes=", 6) != 0)
        return RANGE_IGNORED;
    const char *text = value + 6;
    size_t count = 0;
    while (*(text += strspn(text, " \t,"))) {
        struct ota_route_range range;
        bool is_inside;
        text = read_range(text, size, &range, &is_inside);
        if (!text || ++count > OTA_ROUTE_RANGES)
            break;
        text = skip_spaces(text);
        if (*text && *text != ',') {
            text = NULL;
            break;
        }
        if (is_inside)
            insert(response, range);
    }
    if (!text || count == 0 || count > OTA_ROUTE_RANGES) {
        response->range_count = 0;
        return RANGE_IGNORED;
    }
    return response->range_count ? RANGE_PARTIAL : RANGE_UNSATISFIABLE;
}
