/* SPDX-License-Identifier: Apache-2.0 */
#include "rom/options.h"
#include "rom/console.h"
#include "rom/power.h"
#include "rom/semihosting.h"
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum {
    ROOM_WORDS = 2048,
    FLASH_ARGUMENT = 1,
    FIRST_OPTION = 2,
    MOST_RESETS = 20,
    MOST_MS = 600000,
    USUAL_MAC = 0x102030,
};

static struct {
    struct options all;
    uint32_t room[ROOM_WORDS]; /* addresses of the arguments, then text */
} state;

struct row {
    const char *key;
    size_t offset;
};

static const struct row rows[] = {
    {"cut", offsetof(struct options, cut)},
    {"tear", offsetof(struct options, tear)},
    {"werr", offsetof(struct options, werr)},
    {"eerr", offsetof(struct options, eerr)},
    {"wnop", offsetof(struct options, wnop)},
    {"enop", offsetof(struct options, enop)},
    {"reset", offsetof(struct options, reset)},
    {"ms", offsetof(struct options, ms)},
    {"trace", offsetof(struct options, trace)},
    {"id", offsetof(struct options, id)},
    {"stop", offsetof(struct options, stop)},
    {"serial", offsetof(struct options, serial)},
    {"straps", offsetof(struct options, straps)},
    {"mac", offsetof(struct options, mac)},
};

const struct options *options(void)
{
    return &state.all;
}

static _Noreturn void refuse(const char *why, const char *argument)
{
    console_say("%s: %s", why, argument);
    power_end(ROM_ARGUMENTS);
}

static uint32_t digit(char character)
{
    if (character >= '0' && character <= '9')
        return (uint32_t)(character - '0');
    character |= 'a' - 'A';
    if (character >= 'a' && character <= 'f')
        return (uint32_t)(character - 'a' + 10);
    return UINT32_MAX;
}

static bool parse_number(const char *text, uint32_t *number)
{
    uint32_t base = 10;
    if (text[0] == '0' && text[1] == 'x') {
        base = 16;
        text += 2;
    }
    const char *start = text;
    *number = 0;
    for (; digit(*text) < base; text++)
        *number = *number * base + digit(*text);
    return text != start && *text == '\0';
}

/* The row whose key argument starts with, up to its '='; else NULL. */
static const struct row *find_row(const char *argument)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t length = strlen(rows[i].key);
        if (strncmp(argument, rows[i].key, length) == 0 &&
            argument[length] == '=')
            return &rows[i];
    }
    return NULL;
}

static void read_option(const char *argument)
{
    if (strncmp(argument, "app.", 4) == 0)
        return;
    const struct row *row = find_row(argument);
    if (row == NULL)
        refuse("no such option", argument);
    uint32_t *number = (uint32_t *)((uint8_t *)&state.all + row->offset);
    if (!parse_number(argument + strlen(row->key) + 1, number))
        refuse("no number", argument);
}

void options_read(void)
{
    int32_t count = host_arguments(state.room, sizeof(state.room));
    if (count < 0)
        refuse("too long", "command line");
    if (count <= FLASH_ARGUMENT)
        refuse("missing", "path of a flash file");
    state.all.reset = MOST_RESETS;
    state.all.ms = MOST_MS;
    state.all.straps = STRAPS_FLASH;
    state.all.mac = USUAL_MAC;
    state.all.flash = (const char *)state.room[FLASH_ARGUMENT];
    for (int32_t i = FIRST_OPTION; i < count; i++)
        read_option((const char *)state.room[i]);
    if (state.all.straps == STRAPS_LOADER && state.all.serial == 0)
        refuse("missing", "serial=, for the loader");
}
