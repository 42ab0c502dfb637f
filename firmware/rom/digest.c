/* SPDX-License-Identifier: Apache-2.0 */
/* The ROM's MD5, which flasher stubs use. The context's words are the SDKs';
 * only this file looks into it. */
#include "rom/entries.h"
#include "stub/md5.h"

static struct md5 from_rom(const struct rom_md5 *md5)
{
    struct md5 own = {.size = md5->bits[0]};
    memcpy(own.state, md5->state, sizeof(own.state));
    memcpy(own.block, md5->block, sizeof(own.block));
    return own;
}

static void to_rom(struct rom_md5 *md5, const struct md5 *own)
{
    md5->bits[0] = own->size;
    memcpy(md5->state, own->state, sizeof(own->state));
    memcpy(md5->block, own->block, sizeof(own->block));
}

void MD5Init(struct rom_md5 *md5)
{
    struct md5 own;
    md5_begin(&own);
    to_rom(md5, &own);
}

void MD5Update(struct rom_md5 *md5, const uint8_t *data, uint32_t size)
{
    struct md5 own = from_rom(md5);
    md5_add(&own, data, size);
    to_rom(md5, &own);
}

void MD5Final(uint8_t digest[16], struct rom_md5 *md5)
{
    struct md5 own = from_rom(md5);
    md5_end(&own, digest);
}
