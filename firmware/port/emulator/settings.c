/* SPDX-License-Identifier: Apache-2.0 */
#include "port.h"
#include "rom/semihosting.h"
#include <string.h>

enum { ROOM_WORDS = 1024, FIRST = 2 };

static struct {
    uint32_t room[ROOM_WORDS]; /* addresses of the arguments, then text */
    int32_t count;
} settings;

void settings_read(void);

void settings_read(void)
{
    settings.count = host_arguments(settings.room, sizeof(settings.room));
}

const char *port_setting(const char *key)
{
    static const char prefix[] = "app.";
    size_t length = strlen(key);
    for (int32_t i = FIRST; i < settings.count; i++) {
        const char *argument = (const char *)settings.room[i];
        if (strncmp(argument, prefix, sizeof(prefix) - 1) != 0)
            continue;
        argument += sizeof(prefix) - 1;
        if (strncmp(argument, key, length) == 0 && argument[length] == '=')
            return argument + length + 1;
    }
    return NULL;
}

uint32_t port_number(const char *key, uint32_t otherwise)
{
    const char *text = port_setting(key);
    if (!text)
        return otherwise;
    uint32_t number = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        number = number * 10 + (uint32_t)(*text - '0');
    return number;
}

void port_end(int status)
{
    host_exit(status);
}
