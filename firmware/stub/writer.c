/* SPDX-License-Identifier: Apache-2.0 */
#include "stub/writer.h"
#include <string.h>

static void clear_page(struct writer *writer)
{
    memset(writer->page, 0xff, sizeof(writer->page));
}

bool writer_begin(struct writer *writer, const struct stub_flash *flash,
                  uint32_t offset, uint32_t size)
{
    if (offset > flash->size || size > flash->size - offset)
        return false;
    writer->flash = flash;
    writer->at = offset;
    writer->end = offset + size;
    writer->erased = offset / STUB_SECTOR * STUB_SECTOR;
    clear_page(writer);
    return true;
}

static bool erase_next(struct writer *writer)
{
    uint32_t end = (writer->end + STUB_SECTOR - 1) / STUB_SECTOR * STUB_SECTOR;
    bool is_block =
        writer->erased % STUB_BLOCK == 0 && end - writer->erased >= STUB_BLOCK;
    uint32_t size = is_block ? STUB_BLOCK : STUB_SECTOR;
    if (!writer->flash->erase(writer->erased, size))
        return false;
    writer->erased += size;
    return true;
}

static bool is_blank(const struct writer *writer)
{
    for (uint32_t i = 0; i < STUB_PAGE / 4; i++)
        if (writer->page[i] != UINT32_MAX)
            return false;
    return true;
}

/* Bytes of the page that are not the stream's are 0xff, which programs
 * nothing. */
static bool flush_page(struct writer *writer, uint32_t page)
{
    while (writer->erased <= page)
        if (!erase_next(writer))
            return false;
    bool is_done = is_blank(writer) ||
                   writer->flash->program(page, writer->page, STUB_PAGE);
    clear_page(writer);
    return is_done;
}

bool writer_put(struct writer *writer, const uint8_t *data, uint32_t size)
{
    while (size > 0) {
        uint32_t within = writer->at % STUB_PAGE;
        uint32_t step = STUB_PAGE - within < size ? STUB_PAGE - within : size;
        memcpy((uint8_t *)writer->page + within, data, step);
        writer->at += step;
        data += step;
        size -= step;
        bool is_due = writer->at % STUB_PAGE == 0 || writer->at == writer->end;
        if (is_due &&
            !flush_page(writer, (writer->at - 1) / STUB_PAGE * STUB_PAGE))
            return false;
    }
    return true;
}
