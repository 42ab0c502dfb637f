/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP server that misbehaves in one way, in a process of its own. */
#ifndef OTATOOL_TESTS_NASTY_SERVER_H
#define OTATOOL_TESTS_NASTY_SERVER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum nasty_mode {
    NASTY_GOOD,
    NASTY_CUTS,        /* closes after `step` bytes of every body */
    NASTY_FAILS_TWICE, /* 500 for the first two requests */
    NASTY_CHANGES,     /* another file after the first request, cut */
    NASTY_KEEPS_CHANGING,
    NASTY_SWAPS, /* data is two files of one length: cut once, then the other */
    NASTY_SWAPS_SILENTLY, /* the same, and no validator tells of it */
    NASTY_BUSY,           /* 503 and Retry-After for the first two requests */
    NASTY_IGNORES_RANGE,  /* 200 and the whole file, cut at first */
    NASTY_WRONG_RANGE,    /* 206 of other bytes than asked */
    NASTY_NO_RANGE_LINE,  /* 206 without Content-Range */
    NASTY_REFUSES_RANGE,  /* 416 to every range, cut at first */
    NASTY_SAYS_MORE,      /* Content-Length is larger than the body */
    NASTY_SAYS_LESS,      /* and smaller, by 10 */
    NASTY_ADDS,           /* bytes behind every body */
    NASTY_RESETS,         /* the connection, after `step` bytes of every body */
    NASTY_HANGS_UP,       /* without a byte */
    NASTY_FAILS_MIDWAY,   /* 404 after a first body that is cut at `step` */
    NASTY_ENDLESS,        /* says 99 GB */
    NASTY_NO_LENGTH,      /* chunked */
    NASTY_COMPRESSES,
    NASTY_WRONG_DIGEST,
    NASTY_REDIRECTS, /* to itself */
    NASTY_REDIRECTS_TO_FILE,
    NASTY_SILENT, /* no byte of an answer */
    NASTY_HALF_HEADER,
    NASTY_STALLS,      /* in the middle of the body */
    NASTY_HUGE_HEADER, /* a header without an end */
    NASTY_GARBAGE,
    NASTY_MISSING,    /* 404 */
    NASTY_EMPTY,      /* length 0 */
    NASTY_LOWER_CASE, /* content-length: */
    NASTY_HEAD_LIES,  /* HEAD states another length */
    NASTY_HEAD_HAS_BODY,
    NASTY_HAS_WORDS,   /* for what it has not, even when HEAD asks */
    NASTY_LONG_HEADER, /* of more than 536 bytes */
    NASTY_SHORT_END,   /* the last 2 bytes in a segment of their own */
};

struct nasty_server {
    pid_t process;
    char url[64]; /* of its only file */
};

/* Serves data, of which changed files are a variant. step: see NASTY_CUTS. */
void nasty_start(struct nasty_server *server, enum nasty_mode mode,
                 const uint8_t *data, size_t size, size_t step);

void nasty_stop(struct nasty_server *server);

#endif
