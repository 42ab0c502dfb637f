/* SPDX-License-Identifier: Apache-2.0 */
/* Neither a file of secrets nor a header lets in who has no secret of it. */
#include "../../src/server/auth.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* SHA-256 of nothing that can be sent: all but certainly of no bytes at all. */
#define RULE                                                                   \
    "/a bearer "                                                               \
    "00000000000000000000000000000000000000000000000000000000000000aa\n"       \
    "/a basic "                                                                \
    "00000000000000000000000000000000000000000000000000000000000000bb\n"

static void judge_header(const char *value)
{
    struct auth *auth;
    if (!auth_parse(&auth, RULE, sizeof(RULE) - 1, NULL))
        abort();
    if (auth_judge(auth, "a/b", value) != AUTH_DENIED ||
        auth_judge(auth, "b", value) != AUTH_OPEN)
        abort();
    auth_free(auth);
}

static void judge_path(const struct auth *auth, const char *path)
{
    char text[AUTH_CHALLENGE];
    enum auth_verdict verdict = auth_judge(auth, path, NULL);
    if (verdict != (auth_covers(auth, path) ? AUTH_DENIED : AUTH_OPEN))
        abort();
    auth_challenge(auth, path, text);
    if ((verdict == AUTH_DENIED) != (text[0] != '\0'))
        abort();
}

static void judge_rules(const char *text, size_t size, const char *path)
{
    struct auth *auth;
    if (!auth_parse(&auth, text, size, NULL))
        return;
    judge_path(auth, "a/b/c");
    judge_path(auth, path);
    auth_free(auth);
}

/* The text as the path of a rule: a digest is hardly found by chance. */
static void judge_prefix(const char *text)
{
    char *rules;
    int size = asprintf(&rules, "/%s%s", text, &RULE[2]);
    if (size < 0)
        return;
    judge_rules(rules, (size_t)size, text);
    free(rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    judge_header(text);
    judge_rules(text, size, text);
    judge_prefix(text);
    free(text);
    return 0;
}
