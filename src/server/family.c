/* SPDX-License-Identifier: Apache-2.0 */
#include "family.h"
#include <string.h>
#include <strings.h>

static const char cloud_path[] = "/v1/device/rom/";

static bool begins(const char *text, const char *start)
{
    return text && strncmp(text, start, strlen(start)) == 0;
}

struct client_name {
    const char *start; /* of User-Agent */
    enum family family;
};

/* Programs that say who they are. */
static const struct client_name names[] = {
    {"otatool-agent", FAMILY_AGENT},
    {"esp-idf/1.0 esp32", FAMILY_V3},
    {"ESP32 HTTP Client/", FAMILY_V3_HTTPS},
    {"ESP HTTP Client/", FAMILY_V3_HTTPS},
    {"ESPHome/", FAMILY_ESPHOME},
    {"ESP8266-http-Update", FAMILY_ARDUINO},
    {"otatool", FAMILY_TOOL},
    {"curl/", FAMILY_TOOL},
    {"Wget/", FAMILY_TOOL},
    {"Mozilla/", FAMILY_TOOL},
    {"Python-", FAMILY_TOOL},
    {"python-", FAMILY_TOOL},
    {"Go-http-client/", FAMILY_TOOL},
};

static enum family by_name(const char *agent)
{
    for (size_t i = 0; agent && i < sizeof(names) / sizeof(names[0]); i++)
        if (begins(agent, names[i].start))
            return names[i].family;
    return FAMILY_UNKNOWN;
}

static bool is_arduino(const struct head *head)
{
    for (size_t i = 0; i < head->count; i++)
        if (strncasecmp(head->fields[i].name, "x-ESP8266-", 10) == 0)
            return true;
    return false;
}

/* Tasmota's version names the build: "14.2.0(release-tasmota)". */
static bool is_tasmota(const struct head *head)
{
    const char *version = head_field(head, "x-ESP8266-version");
    return version && strchr(version, '(') && strchr(version, ')');
}

static const char *file_of(const char *target, size_t *size)
{
    *size = strcspn(target, "?#");
    const char *start = target + *size;
    while (start > target && start[-1] != '/')
        start--;
    *size -= (size_t)(start - target);
    return start;
}

/* The value of filename=, which the old cloud's clients send. */
static const char *query_file_of(const char *target)
{
    const char *query = strchr(target, '?');
    while (query) {
        if (begins(query + 1, "filename="))
            return query + 10;
        query = strchr(query + 1, '&');
    }
    return NULL;
}

static int slot_of_file(const char *file, size_t size)
{
    if (size < 6 || strncasecmp(file, "user", 4) != 0)
        return 0;
    bool is_alone = file[5] < '0' || file[5] > '9';
    if (!is_alone || (file[4] != '1' && file[4] != '2'))
        return 0;
    return file[4] - '0';
}

int family_slot_of(const char *target)
{
    size_t size;
    const char *file = file_of(target, &size);
    int slot = slot_of_file(file, size);
    const char *named =
        begins(target, cloud_path) ? query_file_of(target) : NULL;
    if (!slot && named)
        slot = slot_of_file(named, strlen(named));
    return slot;
}

static bool is_absolute(const char *target)
{
    return *target == '/' || *target == '*' ||
           strncasecmp(target, "http://", 7) == 0 ||
           strncasecmp(target, "https://", 8) == 0;
}

struct client_kind family_of(const struct head *head)
{
    const char *agent = head_field(head, "User-Agent");
    if (is_tasmota(head))
        return (struct client_kind){FAMILY_TASMOTA, "x-ESP8266-version"};
    if (is_arduino(head))
        return (struct client_kind){FAMILY_ARDUINO, "x-ESP8266 headers"};
    if (!is_absolute(head->target))
        return (struct client_kind){FAMILY_RTOS2, "no slash in the target"};
    if (begins(head->target, cloud_path))
        return (struct client_kind){FAMILY_AT, "the old cloud's path"};
    enum family family = by_name(agent);
    if (family != FAMILY_UNKNOWN && family != FAMILY_TOOL)
        return (struct client_kind){family, "User-Agent"};
    if (begins(head_field(head, "Authorization"), "token "))
        return (struct client_kind){FAMILY_AT, "the old cloud's token"};
    /* AT firmware calls itself a browser. */
    if (family_slot_of(head->target) &&
        (!agent || begins(agent, "Mozilla/") || family == FAMILY_UNKNOWN))
        return (struct client_kind){FAMILY_NONOS, "the name of a slot"};
    if (family == FAMILY_TOOL)
        return (struct client_kind){family, "User-Agent"};
    return (struct client_kind){FAMILY_UNKNOWN, "nothing tells"};
}

const char *family_name(enum family family)
{
    static const char *const texts[FAMILY_COUNT] = {
        [FAMILY_UNKNOWN] = "unknown",   [FAMILY_TOOL] = "tool",
        [FAMILY_NONOS] = "nonos",       [FAMILY_AT] = "at",
        [FAMILY_RTOS2] = "rtos2",       [FAMILY_V3] = "v3",
        [FAMILY_V3_HTTPS] = "v3-https", [FAMILY_AGENT] = "agent",
        [FAMILY_ARDUINO] = "arduino",   [FAMILY_TASMOTA] = "tasmota",
        [FAMILY_ESPHOME] = "esphome",
    };
    return texts[family];
}

bool family_is_old(enum family family)
{
    return family == FAMILY_NONOS || family == FAMILY_AT ||
           family == FAMILY_RTOS2;
}

bool family_is_v3(enum family family)
{
    return family == FAMILY_V3 || family == FAMILY_V3_HTTPS ||
           family == FAMILY_AGENT;
}

bool family_sees_segments(enum family family)
{
    return family_is_old(family) || family == FAMILY_UNKNOWN;
}

bool family_comes_back(enum family family)
{
    return family == FAMILY_TOOL || family == FAMILY_AGENT ||
           family == FAMILY_ARDUINO || family == FAMILY_TASMOTA ||
           family == FAMILY_ESPHOME || family == FAMILY_V3_HTTPS;
}
