/* SPDX-License-Identifier: Apache-2.0 */
#include "../../src/server/auth.h"
#include "cmocka_all.h"
#include "otatool/digest.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* SHA-256 of "token", of "alice:secret" and of "other". */
#define TOKEN "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"
#define OTHER "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"
#define ALICE "Basic YWxpY2U6c2VjcmV0"

static struct auth *rules(const char *text)
{
    struct auth *auth;
    struct ota_error err;
    assert_true(auth_parse(&auth, text, strlen(text), &err));
    return auth;
}

/* A line for alice:secret. */
static void add_alice(char *text, const char *prefix)
{
    uint8_t digest[OTA_SHA256_SIZE];
    char hex[2 * OTA_SHA256_SIZE + 1];
    ota_sha256("alice:secret", 12, digest);
    ota_hex(digest, sizeof(digest), hex);
    sprintf(text + strlen(text), "%s basic %s\n", prefix, hex);
}

static void a_path_without_a_rule_is_open(void **state)
{
    (void)state;
    struct auth *auth = rules("/beta bearer " TOKEN "\n");
    static const char *const open[] = {"", "a.bin", "betamax", "b", "x/beta"};
    for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
        assert_int_equal(auth_judge(auth, open[i], NULL), AUTH_OPEN);
        assert_false(auth_covers(auth, open[i]));
    }
    assert_int_equal(auth_judge(NULL, "beta", NULL), AUTH_OPEN);
    auth_free(auth);
}

static void a_rule_covers_all_spellings_of_what_lies_below(void **state)
{
    (void)state;
    struct auth *auth = rules("/beta/two bearer " TOKEN "\n");
    static const char *const covered[] = {
        "beta/two",    "beta/two/",      "beta//two",   "/beta/two",
        "//beta//two", "beta/two/a.bin", "beta//two//a"};
    for (size_t i = 0; i < sizeof(covered) / sizeof(covered[0]); i++) {
        assert_int_equal(auth_judge(auth, covered[i], NULL), AUTH_DENIED);
        assert_int_equal(auth_judge(auth, covered[i], "Bearer token"),
                         AUTH_GRANTED);
    }
    auth_free(auth);
}

static void the_longest_prefix_counts(void **state)
{
    (void)state;
    struct auth *auth = rules("/ bearer " OTHER "\n/beta/ bearer " TOKEN);
    assert_int_equal(auth_judge(auth, "a.bin", "Bearer other"), AUTH_GRANTED);
    assert_int_equal(auth_judge(auth, "a.bin", "Bearer token"), AUTH_DENIED);
    assert_int_equal(auth_judge(auth, "beta/a", "Bearer other"), AUTH_DENIED);
    assert_int_equal(auth_judge(auth, "beta/a", "Bearer token"), AUTH_GRANTED);
    auth_free(auth);
}

static void any_rule_of_a_prefix_lets_in(void **state)
{
    (void)state;
    char text[512] = "/x bearer " TOKEN " # the builder's\n/x bearer " OTHER
                     "\r\n\n# people\n";
    add_alice(text, "/x");
    struct auth *auth = rules(text);
    assert_int_equal(auth_judge(auth, "x", "Bearer token"), AUTH_GRANTED);
    assert_int_equal(auth_judge(auth, "x", "bEARER  other "), AUTH_GRANTED);
    assert_int_equal(auth_judge(auth, "x", ALICE), AUTH_GRANTED);
    auth_free(auth);
}

static void wrong_or_odd_credentials_are_denied(void **state)
{
    (void)state;
    char text[512] = "/ bearer " TOKEN "\n";
    add_alice(text, "/");
    struct auth *auth = rules(text);
    static const char *const wrong[] = {
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer toke",
        "Bearer tokens",
        "Bearer token token",
        "Bearertoken",
        "Basic token",
        "Basic YWxpY2U6c2VjcmV",      /* a digit is missing */
        "Basic YWxpY2U6c2VjcmV0=",    /* and one too many */
        "Basic YWxpY2U6c2VjcmU=",     /* alice:secre */
        "Basic YWxpY2U6c2Vj=mV0",     /* = in the middle */
        "Basic YWxpY2U6c2VjcmV0====", /* */
        "Basic ====",
        "Basic =",
        "Bearer YWxpY2U6c2VjcmV0",
        "Bearer alice:secret",
        "Basic dG9rZW4=", /* token */
        "Digest token",
        "token token",
        "Bearer " TOKEN, /* the digest is no secret */
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        print_message("%s\n", wrong[i]);
        assert_int_equal(auth_judge(auth, "a", wrong[i]), AUTH_DENIED);
    }
    auth_free(auth);
}

static void credentials_beyond_the_limit_are_denied(void **state)
{
    (void)state;
    char secret[AUTH_CREDENTIALS + 2];
    char value[AUTH_CREDENTIALS + 16];
    char text[128];
    char hex[2 * OTA_SHA256_SIZE + 1];
    uint8_t digest[OTA_SHA256_SIZE];
    for (size_t size = AUTH_CREDENTIALS; size <= AUTH_CREDENTIALS + 1; size++) {
        memset(secret, 'a', size);
        secret[size] = '\0';
        ota_sha256(secret, size, digest);
        ota_hex(digest, sizeof(digest), hex);
        snprintf(text, sizeof(text), "/ bearer %s", hex);
        snprintf(value, sizeof(value), "Bearer %s", secret);
        struct auth *auth = rules(text);
        assert_int_equal(auth_judge(auth, "", value),
                         size > AUTH_CREDENTIALS ? AUTH_DENIED : AUTH_GRANTED);
        auth_free(auth);
    }
}

static void a_challenge_names_what_the_path_takes(void **state)
{
    (void)state;
    char text[512] = "/a bearer " TOKEN "\n/c bearer " TOKEN "\n";
    char challenge[AUTH_CHALLENGE];
    add_alice(text, "/b");
    add_alice(text, "/c");
    struct auth *auth = rules(text);
    auth_challenge(auth, "a/x", challenge);
    assert_string_equal(challenge, "Bearer");
    auth_challenge(auth, "b", challenge);
    assert_string_equal(challenge,
                        "Basic realm=\"otatool\", charset=\"UTF-8\"");
    auth_challenge(auth, "c", challenge);
    assert_string_equal(challenge,
                        "Basic realm=\"otatool\", charset=\"UTF-8\", Bearer");
    auth_free(auth);
}

static void mistakes_are_refused_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t line;
    } cases[] = {
        {"beta bearer " TOKEN, 1},
        {"# one\n\n/beta\n", 3},
        {"/beta bearer\n", 1},
        {"/beta digest " TOKEN, 1},
        {"/beta bearer secret", 1},
        {"/beta bearer " TOKEN "0", 1},
        {"/beta bearer " TOKEN " more", 1},
        {"/../beta bearer " TOKEN, 1},
        {"/.hidden bearer " TOKEN, 1},
        {"/a?b bearer " TOKEN, 1},
        {"/a%zz bearer " TOKEN, 1},
        {"/ bearer " TOKEN "\n/a bearer x", 2},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct auth *auth;
        struct ota_error err;
        print_message("%s\n", cases[i].text);
        assert_false(
            auth_parse(&auth, cases[i].text, strlen(cases[i].text), &err));
        assert_null(auth);
        assert_int_equal(err.code, OTA_E_AUTH_LINE);
        assert_int_equal(err.index, cases[i].line);
        assert_non_null(err.detail);
    }
}

static void a_file_that_protects_nothing_is_refused(void **state)
{
    (void)state;
    struct auth *auth;
    struct ota_error err;
    static const char *const texts[] = {"", "\n\n", "# /a bearer x\n"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_false(auth_parse(&auth, texts[i], strlen(texts[i]), &err));
        assert_int_equal(err.code, OTA_E_AUTH_EMPTY);
    }
    assert_false(auth_parse(&auth, "/ bearer " TOKEN "\0", 75, &err));
    assert_int_equal(err.code, OTA_E_AUTH_LINE);
}

static void more_rules_than_the_limit_are_refused(void **state)
{
    (void)state;
    static const char line[] = "/a bearer " TOKEN "\n";
    size_t size = sizeof(line) - 1;
    char *text = calloc(AUTH_RULES + 1, size);
    struct auth *auth;
    struct ota_error err;
    for (size_t i = 0; i <= AUTH_RULES; i++)
        memcpy(text + i * size, line, size);
    assert_true(auth_parse(&auth, text, AUTH_RULES * size, &err));
    auth_free(auth);
    assert_false(auth_parse(&auth, text, (AUTH_RULES + 1) * size, &err));
    assert_int_equal(err.index, AUTH_RULES + 1);
    free(text);
}

/* What is cut or changed never opens what the whole file protects. */
static void a_cut_line_is_refused_and_never_lets_in(void **state)
{
    (void)state;
    static const char text[] = "/ bearer " TOKEN;
    struct auth *auth;
    for (size_t size = 0; size < sizeof(text) - 1; size++)
        assert_false(auth_parse(&auth, text, size, NULL));
    for (size_t bit = 0; bit < 8 * (sizeof(text) - 1); bit++) {
        char changed[sizeof(text)];
        memcpy(changed, text, sizeof(text));
        changed[bit / 8] = (char)(changed[bit / 8] ^ 1 << bit % 8);
        if (!auth_parse(&auth, changed, sizeof(text) - 1, NULL))
            continue;
        /* Hex digits and schemes may be in either case. */
        if (strcasecmp(changed, text) != 0)
            assert_int_equal(auth_judge(auth, "a", "Bearer token"),
                             AUTH_DENIED);
        auth_free(auth);
    }
}

static void a_file_is_loaded_by_its_name(void **state)
{
    (void)state;
    char path[] = "/tmp/otatool_auth_XXXXXX";
    static const char text[] = "/a bearer " TOKEN "\nnonsense\n";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
    close(fd);
    struct auth *auth;
    struct ota_error err;
    assert_false(auth_load(&auth, path, &err));
    assert_string_equal(err.subject, path);
    assert_int_equal(err.index, 2);
    assert_int_equal(truncate(path, sizeof(text) - 10), 0);
    assert_true(auth_load(&auth, path, &err));
    assert_int_equal(auth_judge(auth, "a", "Bearer token"), AUTH_GRANTED);
    auth_free(auth);
    unlink(path);
    assert_false(auth_load(&auth, path, &err));
    assert_int_equal(err.code, OTA_E_FILE_OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_without_a_rule_is_open),
        cmocka_unit_test(a_rule_covers_all_spellings_of_what_lies_below),
        cmocka_unit_test(the_longest_prefix_counts),
        cmocka_unit_test(any_rule_of_a_prefix_lets_in),
        cmocka_unit_test(wrong_or_odd_credentials_are_denied),
        cmocka_unit_test(credentials_beyond_the_limit_are_denied),
        cmocka_unit_test(a_challenge_names_what_the_path_takes),
        cmocka_unit_test(mistakes_are_refused_with_their_line),
        cmocka_unit_test(a_file_that_protects_nothing_is_refused),
        cmocka_unit_test(more_rules_than_the_limit_are_refused),
        cmocka_unit_test(a_cut_line_is_refused_and_never_lets_in),
        cmocka_unit_test(a_file_is_loaded_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
