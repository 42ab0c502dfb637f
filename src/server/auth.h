/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may ask for what: secrets for paths, out of a file.
 *
 * A line of the file is PREFIX SCHEME DIGEST, with blanks between; # begins a
 * comment.
 *
 *   /beta    bearer  SHA-256 of the token, as 64 hex digits
 *   /status  basic   SHA-256 of USER:PASSWORD
 *
 * A prefix covers the path of that name and all below it, counted by whole
 * components: /beta covers /beta and /beta/a.bin, not /betamax. The rules of
 * the longest prefix that covers a path count, and any of them lets in. A path
 * that none covers is open. At most AUTH_RULES lines; prefixes are written as
 * in a URL and have at most AUTH_PREFIX - 1 bytes.
 *
 * The digest is a plain one, so secrets have to be long and random: whoever
 * reads the file can try guesses fast. A slow hash would mend that, and would
 * let any stranger stall the downloads of others with wrong passwords.
 */
#ifndef OTATOOL_SERVER_AUTH_H
#define OTATOOL_SERVER_AUTH_H

#include "otatool/error.h"
#include <stddef.h>

enum {
    AUTH_RULES = 256,
    AUTH_PREFIX = 128,
    AUTH_CHALLENGE = 64,         /* holds the longest challenge */
    AUTH_CREDENTIALS = 512,      /* longer ones are refused */
    AUTH_FILE_CEILING = 1 << 16, /* bytes of the file */
};

struct auth;

enum auth_verdict {
    AUTH_OPEN,    /* no rule covers the path */
    AUTH_GRANTED, /* the secret is right */
    AUTH_DENIED,  /* it is not, or there is none: 401 */
};

/* Reads a file of rules; err->index is the line (from 1) it complains of. */
OTA_CHECKED bool auth_load(struct auth **auth, const char *path,
                           struct ota_error *err);

/* The same out of memory. */
OTA_CHECKED bool auth_parse(struct auth **auth, const char *text, size_t size,
                            struct ota_error *err);
void auth_free(struct auth *auth);

/* Does any rule cover path? It is decoded, with or without a slash in front. */
bool auth_covers(const struct auth *auth, const char *path);

/*
 * Judges the value of an Authorization header, or NULL, for a path that is
 * decoded. In what order secrets are compared, and how far they agree, does
 * not show in the time it takes. Without auth (NULL) everything is open.
 */
enum auth_verdict auth_judge(const struct auth *auth, const char *path,
                             const char *authorization);

/* The value of WWW-Authenticate for a path that was denied. */
void auth_challenge(const struct auth *auth, const char *path,
                    char text[AUTH_CHALLENGE]);

#endif
