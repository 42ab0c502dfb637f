/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds that need no format, and those made of other inputs. */
#include "input.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

void spec_fail(const char *message, const char *name)
{
    fprintf(stderr, "make_input: %s: %s\n", name, message);
    exit(1);
}

uint32_t spec_number(const json_t *spec, const char *key, uint32_t fallback)
{
    const json_t *value = json_object_get(spec, key);
    if (json_is_boolean(value))
        return json_is_true(value);
    return value ? (uint32_t)json_integer_value(value) : fallback;
}

const char *spec_text(const json_t *spec, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(spec, key));
    return text ? text : fallback;
}

uint32_t spec_element(const json_t *array, size_t i)
{
    return (uint32_t)json_integer_value(json_array_get(array, i));
}

void spec_hex(struct blob *out, const char *hex)
{
    for (; hex[0] && hex[1]; hex += 2) {
        unsigned byte;
        if (sscanf(hex, "%2x", &byte) != 1)
            spec_fail("not hex", hex);
        blob_fill(out, (uint8_t)byte, 1);
    }
}

void input_random(struct blob *out, uint32_t seed, size_t count)
{
    uint32_t state = seed ^ 0x9e3779b9;
    if (state == 0)
        state = 1;
    size_t end = out->size + count;
    while (out->size < end) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        blob_le32(out, state);
    }
    out->size = end;
}

uint32_t input_crc_old(const struct blob *blob)
{
    uint32_t crc = (uint32_t)crc32_z(0, blob->data, blob->size);
    return crc & 0x80000000 ? ~crc : crc + 1;
}

static struct blob make_hex(const struct input_set *set, json_t *spec)
{
    (void)set;
    struct blob out = {0};
    spec_hex(&out, spec_text(spec, "hex", ""));
    return out;
}

static struct blob make_text(const struct input_set *set, json_t *spec)
{
    (void)set;
    struct blob out = {0};
    const json_t *text = json_object_get(spec, "text");
    blob_append(&out, json_string_value(text), json_string_length(text));
    return out;
}

static struct blob make_random(const struct input_set *set, json_t *spec)
{
    (void)set;
    struct blob out = {0};
    input_random(&out, spec_number(spec, "seed", 0),
                 spec_number(spec, "len", 0));
    return out;
}

static struct blob make_fill(const struct input_set *set, json_t *spec)
{
    (void)set;
    struct blob out = {0};
    blob_fill(&out, (uint8_t)spec_number(spec, "byte", 0),
              spec_number(spec, "len", 0));
    return out;
}

static struct blob make_phy(const struct input_set *set, json_t *spec)
{
    (void)set;
    struct blob out = {0};
    blob_text(&out, "PHYINIT", 8);
    input_random(&out, spec_number(spec, "seed", 0), 128);
    blob_text(&out, "PHYINIT", 8);
    return out;
}

/* The sector an old boot keeps its parameters in. */
static struct blob make_bootparam(const struct input_set *set, json_t *spec)
{
    (void)set;
    struct blob out = {0};
    uint32_t byte0 = (spec_number(spec, "usr_bin", 0) & 3) |
                     (spec_number(spec, "statue", 0) & 1) << 2 |
                     (spec_number(spec, "qio", 1) & 1) << 3 |
                     (spec_number(spec, "res", 15) & 15) << 4;
    uint32_t byte1 = (spec_number(spec, "version", 31) & 31) |
                     (spec_number(spec, "passed", 1) & 1) << 5 |
                     (spec_number(spec, "start", 1) & 1) << 6 |
                     (spec_number(spec, "enh", 1) & 1) << 7;
    blob_le16(&out, byte0 | byte1 << 8);
    input_random(&out, spec_number(spec, "seed", 77), 1278);
    return out;
}

static struct blob make_sysparam(const struct input_set *set, json_t *spec)
{
    (void)set;
    struct blob out = {0};
    blob_fill(&out, (uint8_t)spec_number(spec, "flag", 0), 1);
    blob_fill(&out, 0xff, 31);
    return out;
}

static struct blob make_cat(const struct input_set *set, json_t *spec)
{
    struct blob out = {0};
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(spec, "parts"), i, part)
    {
        struct blob piece = input_resolve(set, part);
        blob_move(&out, &piece);
    }
    return out;
}

static struct blob make_flash(const struct input_set *set, json_t *spec)
{
    struct blob out = {0};
    size_t size = spec_number(spec, "size", 0);
    blob_fill(&out, 0xff, size);
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(spec, "parts"), i, part)
    {
        struct blob piece = input_resolve(set, json_array_get(part, 1));
        blob_write(&out, spec_element(part, 0), piece.data, piece.size);
        blob_release(&piece);
    }
    out.size = size;
    return out;
}

/* Parts in the order of their addresses, as the spec must give them. */
static struct blob make_pack(const struct input_set *set, json_t *spec)
{
    struct blob out = {0};
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(spec, "parts"), i, part)
    {
        uint32_t address = spec_element(part, 0);
        size_t start = address < 0x1000 ? 0 : address - 0x1000;
        if (start < out.size)
            spec_fail("its parts are not in order", "pack");
        blob_fill(&out, 0xff, start - out.size);
        struct blob piece = input_resolve(set, json_array_get(part, 1));
        blob_move(&out, &piece);
    }
    blob_le32(&out, input_crc_old(&out));
    return out;
}

static struct blob make_patch(const struct input_set *set, json_t *spec)
{
    struct blob out = input_resolve(set, json_object_get(spec, "base"));
    struct blob patch = {0};
    spec_hex(&patch, spec_text(spec, "hex", ""));
    json_int_t at = json_integer_value(json_object_get(spec, "at"));
    size_t offset = at < 0 ? out.size - (size_t)-at : (size_t)at;
    blob_write(&out, offset, patch.data, patch.size);
    blob_release(&patch);
    return out;
}

/* A length below 0 counts from the end. */
static struct blob make_trunc(const struct input_set *set, json_t *spec)
{
    struct blob out = input_resolve(set, json_object_get(spec, "base"));
    json_int_t length = json_integer_value(json_object_get(spec, "len"));
    size_t size = length < 0 ? out.size - (size_t)-length : (size_t)length;
    if (size < out.size)
        out.size = size;
    return out;
}

#define FORMAT(name)                                                           \
    static struct blob make_##name(const struct input_set *set, json_t *spec)  \
    {                                                                          \
        (void)set;                                                             \
        return input_##name(spec);                                             \
    }
FORMAT(image)
FORMAT(container)
FORMAT(elf)
FORMAT(table)
FORMAT(otadata)
FORMAT(crc_forge)
#undef FORMAT

static const struct {
    const char *kind;
    struct blob (*make)(const struct input_set *set, json_t *spec);
} kinds[] = {
    {"hex", make_hex},
    {"text", make_text},
    {"rand", make_random},
    {"fill", make_fill},
    {"crcforge", make_crc_forge},
    {"e9", make_image},
    {"ea", make_container},
    {"partbin", make_table},
    {"otadata", make_otadata},
    {"elf", make_elf},
    {"flash", make_flash},
    {"cat", make_cat},
    {"phy", make_phy},
    {"pack", make_pack},
    {"bootparam", make_bootparam},
    {"sysparam", make_sysparam},
    {"patch", make_patch},
    {"trunc", make_trunc},
};

struct blob input_build(const struct input_set *set, json_t *spec)
{
    const char *kind = spec_text(spec, "kind", "(none)");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].make(set, spec);
    spec_fail("there is no such kind", kind);
}

struct blob input_named(const struct input_set *set, const char *name)
{
    json_t *spec = json_object_get(set->specs, name);
    if (!spec)
        spec_fail("there is no such input", name);
    return input_build(set, spec);
}

struct blob input_resolve(const struct input_set *set, json_t *reference)
{
    if (json_is_string(reference))
        return input_named(set, json_string_value(reference));
    return input_build(set, reference);
}
