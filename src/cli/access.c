/* SPDX-License-Identifier: Apache-2.0 */
#include "access.h"
#include "otatool/file.h"
#include <string.h>

enum { KEY_CA = 0x200, KEY_TOKEN_FILE };

static const struct argp_option rows[] = {
    {"ca", KEY_CA, "FILE", 0,
     "trust the authorities in FILE (PEM) in place of the machine's", 2},
    {"token-file", KEY_TOKEN_FILE, "FILE", 0,
     "send the token in FILE, one line, as 'Authorization: Bearer'", 2},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct access_options *options = state->input;
    switch (key) {
    case KEY_CA:
        options->client.ca_file = arg;
        return 0;
    case KEY_TOKEN_FILE:
        options->token_file = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {.options = rows, .parser = parse};

const struct argp_child access_children[] = {
    {&argp, 0, NULL, 0}, {&common_argp, 0, NULL, 0}, {0}};

static bool is_visible(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] <= ' ' || text[i] >= 0x7f)
            return false;
    return size > 0;
}

/* On a command line all users of the machine would see it. */
static bool take_token(struct access_options *options,
                       const struct ota_file *file, struct ota_error *err)
{
    const char *text = (const char *)file->data;
    size_t size = file->size;
    if (size > 0 && text[size - 1] == '\n')
        size--;
    if (size > 0 && text[size - 1] == '\r')
        size--;
    if (size >= sizeof(options->token) || !is_visible(text, size))
        return ota_fail(err, OTA_E_TOKEN, .subject = options->token_file);
    memcpy(options->token, text, size);
    options->token[size] = '\0';
    return true;
}

bool access_read(struct access_options *options, struct ota_error *err)
{
    struct ota_file file;
    if (!options->token_file)
        return true;
    if (!ota_file_load(&file, options->token_file, 2 * OTA_CLIENT_TOKEN, err))
        return false;
    bool ok = take_token(options, &file, err);
    ota_file_release(&file);
    options->client.token = options->token;
    return ok;
}
