/* SPDX-License-Identifier: Apache-2.0 */
/* The text of an inspection. */
#include "inspect.h"
#include "otatool/report.h"
#include <stdio.h>
#include <string.h>

static uint32_t number(const json_t *object, const char *key)
{
    return (uint32_t)json_integer_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static bool is_ok(const json_t *object)
{
    return json_is_true(json_object_get(object, "ok"));
}

static void put(const char *value)
{
    ota_report_name(stdout, value);
}

static void print_description(const json_t *description)
{
    if (!description)
        return;
    fputs("    project ", stdout);
    put(text(description, "project"));
    fputs(", version ", stdout);
    put(text(description, "version"));
    fputs(", built ", stdout);
    put(text(description, "date"));
    putchar(' ');
    put(text(description, "time"));
    fputs(", SDK ", stdout);
    put(text(description, "sdk"));
    putchar('\n');
}

static void print_segments(const json_t *segments)
{
    size_t i;
    json_t *segment;
    json_array_foreach(segments, i, segment)
    {
        printf("    segment %-2zu  0x%08x %-9s %7u bytes at 0x%x\n", i + 1,
               number(segment, "address"), text(segment, "region"),
               number(segment, "size"), number(segment, "offset"));
    }
}

static void print_image(const json_t *part)
{
    if (!json_object_get(part, "entry"))
        return;
    printf("    entry 0x%08x; flash %s, %s, %s", number(part, "entry"),
           text(part, "flash_mode"), text(part, "flash_frequency"),
           text(part, "flash_size"));
    if (json_object_get(part, "linked_for"))
        printf("; linked for 0x%x", number(part, "linked_for"));
    putchar('\n');
    print_description(json_object_get(part, "description"));
    print_segments(json_object_get(part, "segments"));
}

static void print_container(const json_t *part)
{
    const json_t *irom = json_object_get(part, "irom");
    if (!json_object_get(part, "user"))
        return;
    printf("    for user%u\n", number(part, "user"));
    if (irom)
        printf("    irom        runs from flash %9u bytes at 0x%x\n",
               number(irom, "size"), number(irom, "offset"));
}

static void print_check(const char *name, const json_t *check)
{
    int digits = strcmp(name, "CRC") == 0 ? 8 : 2;
    if (!check)
        return;
    printf("    %s ", name);
    if (json_object_get(check, "computed"))
        printf("0x%0*x ", digits, number(check, "stored"));
    fputs(is_ok(check) ? "ok" : "wrong", stdout);
    if (!is_ok(check) && json_object_get(check, "computed"))
        printf(", computed 0x%0*x", digits, number(check, "computed"));
    putchar('\n');
}

static void print_type(const json_t *value)
{
    char digits[16];
    if (json_is_string(value)) {
        printf("%-8s ", json_string_value(value));
        return;
    }
    snprintf(digits, sizeof(digits), "%u", (unsigned)json_integer_value(value));
    printf("%-8s ", digits);
}

static void print_partitions(const json_t *partitions)
{
    size_t i;
    json_t *partition;
    json_array_foreach(partitions, i, partition)
    {
        uint32_t offset = number(partition, "offset");
        fputs("    ", stdout);
        print_type(json_object_get(partition, "type"));
        print_type(json_object_get(partition, "subtype"));
        printf("0x%06x to 0x%06llx  ", offset,
               (unsigned long long)offset + number(partition, "size"));
        put(text(partition, "name"));
        putchar('\n');
    }
}

static void print_copies(const json_t *copies)
{
    size_t i;
    json_t *copy;
    json_array_foreach(copies, i, copy)
    {
        uint32_t sequence = number(copy, "sequence");
        const char *state = text(copy, "state");
        printf("    copy %zu  ", i + 1);
        if (json_is_true(json_object_get(copy, "valid")))
            printf("sequence %u", sequence);
        else
            printf(sequence == UINT32_MAX ? "erased" : "not valid");
        printf(strcmp(state, "undefined") == 0 ? "\n" : ", state %s\n", state);
    }
}

static void print_params(const json_t *part)
{
    uint32_t slot = number(part, "running_slot");
    uint32_t version = number(part, "boot_version");
    if (!json_object_get(part, "running_slot"))
        return;
    printf("    flash map %s; ", text(part, "map"));
    if (version >= 2 && version <= 7)
        printf("boot 1.%u; ", version);
    if (slot)
        printf("user%u runs\n", slot);
    else
        puts("the boot would stop or reset them");
}

static void print_part(const json_t *part)
{
    fputs("  ", stdout);
    put(text(part, "part"));
    printf(" at 0x%x", number(part, "offset"));
    if (json_object_get(part, "address"))
        printf(" (flash 0x%x)", number(part, "address"));
    printf(", %u bytes\n", number(part, "size"));
    print_container(part);
    print_image(part);
    print_params(part);
    print_partitions(json_object_get(part, "partitions"));
    print_copies(json_object_get(part, "copies"));
    print_check("checksum", json_object_get(part, "checksum"));
    print_check("SHA-256", json_object_get(part, "digest"));
    print_check("MD5", json_object_get(part, "md5"));
    print_check("CRC", json_object_get(part, "crc"));
}

void inspect_print(const json_t *file)
{
    size_t i;
    json_t *part;
    if (strcmp(text(file, "kind"), "unreadable") == 0)
        return; /* the error has said it all */
    put(text(file, "file"));
    printf(": %s, %u bytes\n", text(file, "kind"), number(file, "size"));
    json_array_foreach(json_object_get(file, "parts"), i, part)
        print_part(part);
}
