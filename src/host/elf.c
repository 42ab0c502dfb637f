/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/elf.h"
#include "otatool/bytes.h"
#include <string.h>

enum {
    HEADER_SIZE = 52,
    SECTION_HEADER_SIZE = 40,
    SYMBOL_SIZE = 16,
    CLASS_32 = 1,
    LITTLE_ENDIAN_DATA = 1,
    MACHINE_XTENSA = 94,
    TYPE_SYMTAB = 2,
    TYPE_NOBITS = 8,
    FLAG_EXECUTABLE = 4,
    BIND_GLOBAL = 1,
    INDEX_ABSOLUTE = 0xfff1,
};

static bool fail(struct ota_error *err, size_t offset, const char *why)
{
    return ota_fail(err, OTA_E_ELF, .offset = offset, .detail = why);
}

static bool fits(const struct ota_elf *elf, uint32_t offset, uint64_t size)
{
    return offset <= elf->size && size <= elf->size - offset;
}

static bool parse_header(struct ota_elf *elf, struct ota_error *err)
{
    const uint8_t *p = elf->data;
    if (elf->size < HEADER_SIZE)
        return fail(err, 0, "the file is shorter than an ELF header");
    if (memcmp(p, "\177ELF", 4) != 0)
        return fail(err, 0, "the file does not begin like an ELF");
    if (p[4] != CLASS_32 || p[5] != LITTLE_ENDIAN_DATA)
        return fail(err, 4, "it is not a 32-bit little-endian program");
    if (read_le16(p + 18) != MACHINE_XTENSA)
        return fail(err, 18, "it is a program for another processor");
    elf->sections = read_le32(p + 32);
    elf->section_count = read_le16(p + 48);
    elf->names = read_le16(p + 50);
    if (read_le16(p + 46) != SECTION_HEADER_SIZE && elf->section_count > 0)
        return fail(err, 46, "its section headers have another size");
    return true;
}

/* index < section_count, and the headers lie in the file. */
static const uint8_t *header_of(const struct ota_elf *elf, uint32_t index)
{
    return elf->data + elf->sections + (size_t)index * SECTION_HEADER_SIZE;
}

static struct ota_elf_section section_at(const struct ota_elf *elf,
                                         uint32_t index)
{
    const uint8_t *p = header_of(elf, index);
    bool has_data = read_le32(p + 4) != TYPE_NOBITS;
    return (struct ota_elf_section){
        .type = read_le32(p + 4),
        .flags = read_le32(p + 8),
        .address = read_le32(p + 12),
        .data = has_data ? elf->data + read_le32(p + 16) : NULL,
        .size = has_data ? read_le32(p + 20) : 0,
        .link = read_le32(p + 24),
    };
}

static bool check_sections(const struct ota_elf *elf, struct ota_error *err)
{
    if (!fits(elf, elf->sections,
              (uint64_t)elf->section_count * SECTION_HEADER_SIZE))
        return fail(err, elf->sections, "it ends before its section headers");
    for (uint32_t i = 1; i < elf->section_count; i++) {
        const uint8_t *p = header_of(elf, i);
        if (read_le32(p + 4) != TYPE_NOBITS &&
            !fits(elf, read_le32(p + 16), read_le32(p + 20)))
            return fail(err, read_le32(p + 16), "it ends inside of a section");
    }
    if (elf->section_count > 0 && elf->names >= elf->section_count)
        return fail(err, 50, "its section names are missing");
    return true;
}

bool ota_elf_parse(struct ota_elf *elf, const void *data, size_t size,
                   struct ota_error *err)
{
    *elf = (struct ota_elf){.data = data, .size = size};
    return parse_header(elf, err) && check_sections(elf, err);
}

/* Whether the terminated text at offset of a string section is name. */
static bool is_named(const struct ota_elf_section *strings, uint32_t offset,
                     const char *name)
{
    size_t size = strlen(name) + 1;
    return strings->data && offset <= strings->size &&
           size <= strings->size - offset &&
           memcmp(strings->data + offset, name, size) == 0;
}

bool ota_elf_section(const struct ota_elf *elf, const char *name,
                     struct ota_elf_section *section)
{
    if (elf->section_count == 0 || elf->names == 0)
        return false;
    struct ota_elf_section names = section_at(elf, elf->names);
    for (uint32_t i = 1; i < elf->section_count; i++)
        if (is_named(&names, read_le32(header_of(elf, i)), name)) {
            *section = section_at(elf, i);
            return true;
        }
    return false;
}

static bool lies_in(const struct ota_elf *elf, uint16_t index,
                    enum ota_elf_place place)
{
    if (place == OTA_ELF_ABSOLUTE)
        return index == INDEX_ABSOLUTE;
    return index > 0 && index < elf->section_count &&
           (section_at(elf, index).flags & FLAG_EXECUTABLE) != 0;
}

static bool find_in(const struct ota_elf *elf,
                    const struct ota_elf_section *symbols, const char *name,
                    enum ota_elf_place place, uint32_t *value)
{
    if (symbols->link == 0 || symbols->link >= elf->section_count)
        return false;
    struct ota_elf_section strings = section_at(elf, symbols->link);
    for (uint32_t i = 0; i < symbols->size / SYMBOL_SIZE; i++) {
        const uint8_t *p = symbols->data + (size_t)i * SYMBOL_SIZE;
        if (p[12] >> 4 != BIND_GLOBAL ||
            !lies_in(elf, read_le16(p + 14), place) ||
            !is_named(&strings, read_le32(p), name))
            continue;
        *value = read_le32(p + 4);
        return true;
    }
    return false;
}

bool ota_elf_symbol(const struct ota_elf *elf, const char *name,
                    enum ota_elf_place place, uint32_t *value)
{
    for (uint32_t i = 1; i < elf->section_count; i++) {
        struct ota_elf_section section = section_at(elf, i);
        if (section.type == TYPE_SYMTAB &&
            find_in(elf, &section, name, place, value))
            return true;
    }
    return false;
}
