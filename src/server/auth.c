/* SPDX-License-Identifier: Apache-2.0 */
#include "auth.h"
#include "otatool/digest.h"
#include "otatool/file.h"
#include "target.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum scheme { SCHEME_BEARER, SCHEME_BASIC, SCHEME_COUNT };

static const char *const scheme_names[SCHEME_COUNT] = {"bearer", "basic"};

struct rule {
    char prefix[AUTH_PREFIX]; /* decoded, without a slash in front */
    enum scheme scheme;
    uint8_t digest[OTA_SHA256_SIZE];
};

struct auth {
    size_t count;
    struct rule rules[AUTH_RULES];
};

/* --- paths ---------------------------------------------------------------- */

/* To the next component of *path, its length in *size; false at the end. */
static bool next_component(const char **path, size_t *size)
{
    *path += *size;
    *path += strspn(*path, "/");
    *size = strcspn(*path, "/");
    return *size > 0;
}

/*
 * How many components prefix has, plus one, when it covers path; else 0. By
 * components, since "a//b" names the same file as "a/b".
 */
static size_t depth_covering(const char *prefix, const char *path)
{
    size_t prefix_size = 0;
    size_t path_size = 0;
    size_t depth = 1;
    while (next_component(&prefix, &prefix_size)) {
        if (!next_component(&path, &path_size) || path_size != prefix_size ||
            memcmp(path, prefix, path_size) != 0)
            return 0;
        depth++;
    }
    return depth;
}

/* The depth of the rules that count for a path; 0: none covers it. */
static size_t depth_of(const struct auth *auth, const char *path)
{
    size_t deepest = 0;
    for (size_t i = 0; auth && i < auth->count; i++) {
        size_t depth = depth_covering(auth->rules[i].prefix, path);
        if (depth > deepest)
            deepest = depth;
    }
    return deepest;
}

bool auth_covers(const struct auth *auth, const char *path)
{
    return depth_of(auth, path) > 0;
}

/* --- reading the file ------------------------------------------------------
 */

/* What stands between blanks; line ends with \0. */
static char *next_word(char **line)
{
    char *word = *line + strspn(*line, " \t\r");
    *line = word + strcspn(word, " \t\r");
    if (**line)
        *(*line)++ = '\0';
    return word;
}

static bool read_scheme(const char *word, enum scheme *scheme)
{
    for (int i = 0; i < SCHEME_COUNT; i++) {
        if (strcasecmp(word, scheme_names[i]) != 0)
            continue;
        *scheme = (enum scheme)i;
        return true;
    }
    return false;
}

static unsigned nibble(char c)
{
    return isdigit((unsigned char)c) ? (unsigned)(c - '0')
                                     : (unsigned)((c | 0x20) - 'a' + 10);
}

static bool read_digest(const char *word, uint8_t digest[OTA_SHA256_SIZE])
{
    if (strlen(word) != 2 * OTA_SHA256_SIZE ||
        strspn(word, "0123456789abcdefABCDEF") != 2 * OTA_SHA256_SIZE)
        return false;
    for (size_t i = 0; i < OTA_SHA256_SIZE; i++)
        digest[i] =
            (uint8_t)(nibble(word[2 * i]) << 4 | nibble(word[2 * i + 1]));
    return true;
}

/* What is wrong with a line, or NULL; a line without words adds no rule. */
static const char *read_line(struct auth *auth, char *line)
{
    line[strcspn(line, "#")] = '\0';
    char *prefix = next_word(&line);
    if (!*prefix)
        return NULL;
    if (auth->count == AUTH_RULES)
        return "there are more than 256 rules";
    struct rule *rule = &auth->rules[auth->count];
    if (*prefix != '/')
        return "the path does not begin with a slash";
    if (strchr(prefix, '?') ||
        target_decode(prefix, rule->prefix, sizeof(rule->prefix)) != 200)
        return "the path is not one that can be served";
    if (!read_scheme(next_word(&line), &rule->scheme))
        return "the second word is neither bearer nor basic";
    if (!read_digest(next_word(&line), rule->digest))
        return "the third word is not a SHA-256 of 64 hex digits";
    if (*next_word(&line))
        return "there are more than three words";
    auth->count++;
    return NULL;
}

static bool read_lines(struct auth *auth, char *text, struct ota_error *err)
{
    uint32_t number = 0;
    for (char *line; (line = strsep(&text, "\n"));) {
        number++;
        const char *wrong = read_line(auth, line);
        if (wrong)
            return ota_fail(err, OTA_E_AUTH_LINE, .part = "line",
                            .index = number, .detail = wrong);
    }
    /* Someone meant to protect something. */
    return auth->count > 0 || ota_fail(err, OTA_E_AUTH_EMPTY);
}

bool auth_parse(struct auth **auth, const char *text, size_t size,
                struct ota_error *err)
{
    *auth = NULL;
    if (size > 0 && memchr(text, '\0', size))
        return ota_fail(err, OTA_E_AUTH_LINE, .detail = "there is a zero byte");
    char *copy = strndup(size > 0 ? text : "", size);
    struct auth *made = calloc(1, sizeof(*made));
    bool ok = copy && made ? read_lines(made, copy, err)
                           : ota_fail(err, OTA_E_MEMORY);
    free(copy);
    if (ok)
        *auth = made;
    else
        free(made);
    return ok;
}

bool auth_load(struct auth **auth, const char *path, struct ota_error *err)
{
    struct ota_file file = {0};
    if (!ota_file_load(&file, path, AUTH_FILE_CEILING, err))
        return false;
    bool ok = auth_parse(auth, (const char *)file.data, file.size, err);
    if (!ok && err)
        err->subject = path;
    ota_file_release(&file);
    return ok;
}

void auth_free(struct auth *auth)
{
    free(auth);
}

/* --- judging a request -----------------------------------------------------
 */

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Strictly: groups of four, padded; bytes holds 3 for each 4 of text. */
static bool read_base64(const char *text, size_t length, uint8_t *bytes,
                        size_t *size)
{
    size_t padding = 0;
    while (padding < 2 && padding < length && text[length - padding - 1] == '=')
        padding++;
    if (length == 0 || length % 4 != 0)
        return false;
    *size = 0;
    for (size_t i = 0; i < length; i += 4) {
        uint32_t bits = 0;
        for (size_t k = i; k < i + 4; k++) {
            int digit = k < length - padding ? base64_digit(text[k]) : 0;
            if (digit < 0)
                return false;
            bits = bits << 6 | (uint32_t)digit;
        }
        for (int shift = 16; shift >= 0; shift -= 8)
            bytes[(*size)++] = (uint8_t)(bits >> shift);
    }
    *size -= padding;
    return true;
}

/* "SCHEME SECRET", its digest; false when it is not of that form. */
static bool read_authorization(const char *value, enum scheme *scheme,
                               uint8_t digest[OTA_SHA256_SIZE])
{
    char word[8];
    size_t length = value ? strcspn(value, " ") : 0;
    if (length == 0 || length >= sizeof(word))
        return false;
    memcpy(word, value, length);
    word[length] = '\0';
    const char *secret = value + length + strspn(value + length, " ");
    size_t size = strcspn(secret, " \t");
    if (!read_scheme(word, scheme) || size == 0 || size > AUTH_CREDENTIALS ||
        secret[size + strspn(secret + size, " \t")])
        return false;
    if (*scheme == SCHEME_BEARER) {
        ota_sha256(secret, size, digest);
        return true;
    }
    uint8_t bytes[AUTH_CREDENTIALS];
    if (!read_base64(secret, size, bytes, &size))
        return false;
    ota_sha256(bytes, size, digest);
    return true;
}

enum auth_verdict auth_judge(const struct auth *auth, const char *path,
                             const char *authorization)
{
    size_t depth = depth_of(auth, path);
    if (depth == 0)
        return AUTH_OPEN;
    uint8_t digest[OTA_SHA256_SIZE];
    enum scheme scheme;
    if (!read_authorization(authorization, &scheme, digest))
        return AUTH_DENIED;
    bool is_right = false;
    for (size_t i = 0; i < auth->count; i++) {
        const struct rule *rule = &auth->rules[i];
        if (rule->scheme == scheme &&
            depth_covering(rule->prefix, path) == depth)
            is_right |= ota_digest_same(rule->digest, digest, sizeof(digest));
    }
    return is_right ? AUTH_GRANTED : AUTH_DENIED;
}

void auth_challenge(const struct auth *auth, const char *path,
                    char text[AUTH_CHALLENGE])
{
    bool takes[SCHEME_COUNT] = {false};
    size_t depth = depth_of(auth, path);
    for (size_t i = 0; depth > 0 && i < auth->count; i++)
        if (depth_covering(auth->rules[i].prefix, path) == depth)
            takes[auth->rules[i].scheme] = true;
    const char *basic = "Basic realm=\"otatool\", charset=\"UTF-8\"";
    strcpy(text, takes[SCHEME_BASIC] ? basic : "");
    if (takes[SCHEME_BASIC] && takes[SCHEME_BEARER])
        strcat(text, ", ");
    if (takes[SCHEME_BEARER])
        strcat(text, "Bearer");
}
