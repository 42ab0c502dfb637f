/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest 32-bit little-endian ELF files with sections and symbols. */
#include "input.h"
#include <string.h>

enum { HEADER_SIZE = 52, SECTION_HEADER_SIZE = 40, SYMBOL_SIZE = 16 };

enum { SYMTAB = 2, STRTAB = 3, ABSOLUTE = 0xfff1 };

struct elf {
    struct blob file;
    struct blob heads; /* section headers */
    struct blob names; /* of sections */
    uint32_t count;
};

struct section {
    const char *name;
    uint32_t type;
    uint32_t flags;
    uint32_t address;
    uint32_t link;
    uint32_t info;
    uint32_t alignment;
    uint32_t entry_size;
};

static void append_name(struct blob *names, const char *name)
{
    blob_append(names, name, strlen(name) + 1);
}

static void append_section_header(struct elf *elf, const struct section *s,
                                  size_t offset, size_t size)
{
    const uint32_t words[] = {
        (uint32_t)elf->names.size,
        s->type,
        s->flags,
        s->address,
        (uint32_t)offset,
        (uint32_t)size,
        s->link,
        s->info,
        s->alignment,
        s->entry_size,
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        blob_le32(&elf->heads, words[i]);
    append_name(&elf->names, s->name);
    elf->count++;
}

/* Releases data. */
static void append_section(struct elf *elf, const struct section *section,
                           struct blob *data)
{
    blob_align(&elf->file, 4, 0);
    append_section_header(elf, section, elf->file.size, data->size);
    blob_move(&elf->file, data);
}

/* [name, address, length, fill byte or null, type]. */
static struct blob content(const json_t *spec, const json_t *row, size_t i)
{
    struct blob out = {0};
    if (json_is_integer(json_array_get(row, 3)))
        blob_fill(&out, (uint8_t)spec_element(row, 3), spec_element(row, 2));
    else
        input_random(&out, spec_number(spec, "seed", 1) * 31 + (uint32_t)i + 1,
                     spec_element(row, 2));
    const char *name = json_string_value(json_array_get(row, 0));
    const json_t *description = json_object_get(spec, "desc");
    if (json_is_object(description) &&
        strcmp(name, spec_text(spec, "desc_sec", "")) == 0) {
        struct blob bytes = {0};
        blob_fill(&bytes, 0, 8);
        struct blob text = input_description(description);
        blob_move(&bytes, &text);
        blob_write(&out, 0, bytes.data, bytes.size);
        blob_release(&bytes);
    }
    return out;
}

static void append_sections(struct elf *elf, const json_t *spec)
{
    const json_t *rows = json_object_get(spec, "sections");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *name = json_string_value(json_array_get(row, 0));
        struct section section = {
            .name = name,
            .type = json_array_size(row) > 4 ? spec_element(row, 4) : 1,
            .flags = strstr(name, "text") ? 6 : 2,
            .address = spec_element(row, 1),
            .alignment = 4,
        };
        struct blob data = content(spec, row, i);
        append_section(elf, &section, &data);
    }
}

/* [name, value, section or "abs", "func" or "notype", global?]; true when
 * it is a local one. */
static bool append_symbol(struct blob *symbols, struct blob *names,
                          const json_t *row)
{
    const json_t *section = json_array_get(row, 2);
    const char *kind = json_string_value(json_array_get(row, 3));
    bool is_global = json_is_true(json_array_get(row, 4));
    uint32_t info =
        (is_global ? 0x10 : 0) | (strcmp(kind, "func") == 0 ? 2 : 0);
    blob_le32(symbols, (uint32_t)names->size);
    blob_le32(symbols, spec_element(row, 1));
    blob_le32(symbols, 0);
    blob_le16(symbols, info);
    blob_le16(symbols, json_is_string(section)
                           ? ABSOLUTE
                           : (uint32_t)json_integer_value(section));
    append_name(names, json_string_value(json_array_get(row, 0)));
    return !is_global;
}

static void append_symbols(struct elf *elf, const json_t *spec)
{
    struct blob symbols = {0};
    struct blob names = {0};
    uint32_t locals = 1;
    blob_fill(&symbols, 0, SYMBOL_SIZE);
    blob_fill(&names, 0, 1);
    const json_t *rows = json_object_get(spec, "symbols");
    for (size_t i = 0; i < json_array_size(rows); i++)
        locals += append_symbol(&symbols, &names, json_array_get(rows, i));
    append_section(elf,
                   &(struct section){.name = ".symtab",
                                     .type = SYMTAB,
                                     .link = elf->count + 1,
                                     .info = locals,
                                     .alignment = 4,
                                     .entry_size = SYMBOL_SIZE},
                   &symbols);
    append_section(
        elf,
        &(struct section){.name = ".strtab", .type = STRTAB, .alignment = 1},
        &names);
}

/* The names lie where they are, without alignment, and name themselves. */
static void append_section_names(struct elf *elf)
{
    const char *name = ".shstrtab";
    append_section_header(
        elf, &(struct section){.name = name, .type = STRTAB, .alignment = 1},
        elf->file.size, elf->names.size + strlen(name) + 1);
    blob_move(&elf->file, &elf->names);
}

static void write_header(struct elf *elf, const json_t *spec, uint32_t headers)
{
    static const uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 1, 1, 1};
    struct blob header = {0};
    blob_append(&header, ident, sizeof(ident));
    blob_le16(&header, 2);
    blob_le16(&header, spec_number(spec, "machine", 0x5e));
    blob_le32(&header, 1);
    blob_le32(&header, spec_number(spec, "entry", 0x40100004));
    blob_le32(&header, 0);
    blob_le32(&header, headers);
    blob_le32(&header, 0x300);
    blob_le16(&header, HEADER_SIZE);
    blob_le32(&header, 0); /* no program headers */
    blob_le16(&header, SECTION_HEADER_SIZE);
    blob_le16(&header, elf->count);
    blob_le16(&header, elf->count - 1);
    blob_write(&elf->file, 0, header.data, header.size);
    blob_release(&header);
}

struct blob input_elf(const json_t *spec)
{
    struct elf elf = {.count = 1};
    blob_fill(&elf.file, 0, HEADER_SIZE);
    blob_fill(&elf.heads, 0, SECTION_HEADER_SIZE);
    blob_fill(&elf.names, 0, 1);
    append_sections(&elf, spec);
    append_symbols(&elf, spec);
    append_section_names(&elf);
    blob_align(&elf.file, 4, 0);
    uint32_t headers = (uint32_t)elf.file.size;
    blob_move(&elf.file, &elf.heads);
    write_header(&elf, spec, headers);
    return elf.file;
}
