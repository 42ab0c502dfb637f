/* SPDX-License-Identifier: Apache-2.0 */
/* Between the stub's own sources: a request, its answer, and who serves it. */
#ifndef STUB_STUB_PARTS_H
#define STUB_STUB_PARTS_H

#include "stub/md5.h"
#include "stub/stub.h"

/* An answer in the making. */
struct stub_answer {
    uint32_t value;
    uint8_t extra[MD5_SIZE]; /* between header and status */
    uint32_t extra_size;
};

struct stub_request {
    const struct loader_header *header;
    const uint32_t *words;
    uint32_t size;
};

/* stub.c: the answer that all is well, before the work is done. */
void stub_acknowledge(struct stub *stub, const struct stub_request *request);

/* stub_write.c; begun: what the block is of */
enum stub_error stub_check_block(const struct loader_begin *begun,
                                 const struct stub_request *request);

typedef enum stub_error stub_command(struct stub *stub,
                                     const struct stub_request *request,
                                     struct stub_answer *answer);
stub_command stub_flash_begin, stub_deflate_begin, stub_flash_end,
    stub_erase_flash, stub_erase_region;

/* stub_read.c */
stub_command stub_md5;

/* These answer themselves when all is fine, in the midst of their work. */
enum stub_error stub_flash_data(struct stub *stub,
                                const struct stub_request *request);
enum stub_error stub_read_flash(struct stub *stub,
                                const struct stub_request *request);

#endif
