/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns a linked ELF into an image as the SDKs' tools do.
 *
 *   elf_to_image boot|app[@SIZE]|user1@MAP|user2@MAP IN.ELF OUT.BIN
 *
 * boot: all loaded sections in their order. app: sections in the flash
 * window first, then the others, each by address; .flash.rodata loses its
 * first 8 bytes, where its header lies; the SHA-256 follows. SIZE: of the
 * flash, 0 (default) for 1 MB and each one more for twice that. user1, user2:
 * the old SDKs' container for a slot of the flash map with that code.
 */
#include "otatool/digest.h"
#include "otatool/file.h"
#include "otatool/image.h"
#include "otatool/old_image.h"
#include "otatool/report.h"
#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { FILLER_SIZE = 8, SIZE_1M_ESP8266 = 0x20 };
enum { OLD_PART_COUNT = 4 };

struct sections {
    struct ota_image_part parts[OTA_IMAGE_MAX_SEGMENTS];
    uint8_t count;
    uint32_t entry;
};

_Noreturn static void fail(const struct ota_error *err)
{
    ota_report_print(stderr, "elf_to_image", err);
    exit(1);
}

/* The ELF comes from our own build: it is trusted. */
static void collect(struct sections *sections, const struct ota_file *elf,
                    bool is_app)
{
    Elf32_Ehdr header;
    memcpy(&header, elf->data, sizeof(header));
    const Elf32_Shdr *rows = (const void *)(elf->data + header.e_shoff);
    const char *names =
        (const char *)elf->data + rows[header.e_shstrndx].sh_offset;
    sections->entry = header.e_entry;
    for (size_t i = 0; i < header.e_shnum; i++) {
        const Elf32_Shdr *row = &rows[i];
        if (row->sh_type != SHT_PROGBITS || !(row->sh_flags & SHF_ALLOC) ||
            row->sh_size == 0 || sections->count == OTA_IMAGE_MAX_SEGMENTS)
            continue;
        uint32_t skip =
            is_app && strcmp(names + row->sh_name, ".flash.rodata") == 0
                ? FILLER_SIZE
                : 0;
        sections->parts[sections->count++] = (struct ota_image_part){
            .address = row->sh_addr,
            .data = elf->data + row->sh_offset + skip,
            .size = row->sh_size - skip,
        };
    }
}

static int compare(const void *left, const void *right)
{
    const struct ota_image_part *a = left;
    const struct ota_image_part *b = right;
    bool a_is_flash = a->address >= OTA_IMAGE_FLASH_WINDOW;
    bool b_is_flash = b->address >= OTA_IMAGE_FLASH_WINDOW;
    if (a_is_flash != b_is_flash)
        return b_is_flash - a_is_flash;
    return (a->address > b->address) - (a->address < b->address);
}

/* Byte 3 of an app: in the codes of the ESP32. */
static uint8_t size_of(const char *kind)
{
    const char *at = strchr(kind, '@');
    return (uint8_t)(at ? (at[1] - '0') << 4 : 0);
}

/* NULL: no app. */
static void save_image(const struct sections *sections, const char *app_kind,
                       const char *path)
{
    struct ota_error err;
    const struct ota_image_plan plan = {
        .mode = OTA_FLASH_DIO,
        .size_frequency =
            (uint8_t)(app_kind ? size_of(app_kind) : SIZE_1M_ESP8266),
        .entry = sections->entry,
        .parts = sections->parts,
        .part_count = sections->count,
        .segment_count = sections->count,
    };
    uint32_t size = ota_image_built_size(&plan, 0);
    uint8_t *out = malloc(size + OTA_SHA256_SIZE);
    if (!out || !ota_image_build(&plan, 0, out, size, &err))
        fail(&err);
    ota_sha256(out, size, out + size);
    if (!ota_file_save(path, out, size + (app_kind ? OTA_SHA256_SIZE : 0),
                       &err))
        fail(&err);
    free(out);
}

static void save_new(const struct ota_file *elf, const char *kind,
                     const char *path)
{
    struct sections sections = {0};
    bool is_app = strncmp(kind, "app", strlen("app")) == 0;
    collect(&sections, elf, is_app);
    if (is_app)
        qsort(sections.parts, sections.count, sizeof(sections.parts[0]),
              compare);
    save_image(&sections, is_app ? kind : NULL, path);
}

/* Sections as ld/old_app.ld orders them: text, irom, data, rodata. */
static void save_old(const struct ota_file *elf, const char *kind,
                     const char *path)
{
    struct ota_error err;
    struct sections sections = {0};
    collect(&sections, elf, false);
    if (sections.count != OLD_PART_COUNT)
        exit(2);
    const struct ota_old_image_plan plan = {
        .boot = OTA_OLD_BOOT_1_2_UP,
        .map = ota_flash_map_by_code((uint8_t)(kind[strlen("user1@")] - '0')),
        .user = (uint8_t)(kind[strlen("user")] - '0'),
        .mode = OTA_FLASH_DIO,
        .entry = sections.entry,
        .text = sections.parts[0],
        .irom = sections.parts[1],
        .data = sections.parts[2],
        .rodata = sections.parts[3],
    };
    uint32_t size = ota_old_image_size(&plan);
    uint8_t *out = malloc(size);
    if (!out || !ota_old_image_build(&plan, out, size, &err) ||
        !ota_file_save(path, out, size, &err))
        fail(&err);
    free(out);
}

int main(int argc, char **argv)
{
    struct ota_error err;
    struct ota_file elf;
    if (argc != 4)
        return 2;
    if (!ota_file_load(&elf, argv[2], OTA_FILE_CEILING, &err))
        fail(&err);
    if (strncmp(argv[1], "user", strlen("user")) == 0)
        save_old(&elf, argv[1], argv[3]);
    else
        save_new(&elf, argv[1], argv[3]);
    ota_file_release(&elf);
    return 0;
}
