/* SPDX-License-Identifier: Apache-2.0 */
/* A small good pack for the 1 MB layout, to be damaged by tests. */
#ifndef OTATOOL_TESTS_SAMPLE_PACK_H
#define OTATOOL_TESTS_SAMPLE_PACK_H

#include "otatool/partition_table.h"
#include <stddef.h>
#include <stdint.h>

struct sample_pack {
    uint8_t *data;
    size_t size;
    struct ota_partition_table table;
    uint8_t bootloader_flash; /* flash size code of the header */
    uint32_t link;            /* slot the app is linked for */
    uint32_t app_at;          /* flash address the app is put at */
    uint32_t table_at;
    uint32_t app_padding; /* bytes of flash text to add */
};

/* The pack every rule accepts for the map of this code, built. */
void sample_pack_init(struct sample_pack *sample, uint8_t flash_code);

/* Builds data anew from the other fields. */
void sample_pack_build(struct sample_pack *sample);

void sample_pack_release(struct sample_pack *sample);

#endif
