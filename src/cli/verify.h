/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of otatool verify share: one function a kind of input. */
#ifndef OTATOOL_CLI_VERIFY_H
#define OTATOOL_CLI_VERIFY_H

#include "access.h"
#include "judge.h"
#include "otatool/file.h"
#include <string.h>

struct verify_options {
    struct common common;
    struct judge_options judge;
    struct access_options access; /* of URLs */
    const char *against; /* --against: a pack to compare with, or NULL */
    char **arguments;
    int argument_count;
};

/* Its input is a struct verify_options whose arguments has room. */
extern const struct argp verify_argp;

/* One input, loaded. */
struct verify_input {
    const char *name; /* path or URL, for messages */
    struct ota_file file;
};

/*
 * The result of one input: the caller prints its JSON. Everything for people
 * was printed by the function that judged, unless --json or --quiet.
 */
struct verify_result {
    bool ok;
    json_t *json; /* owned; an object with at least ok, file and kind */
};

/* What is to be fetched before it can be judged. */
static inline bool verify_is_url(const char *argument)
{
    return strstr(argument, "://") != NULL;
}

/* Judges a file, or the *.bin files of a folder: adds to results an object
 * for each and clears *ok where one is not good. */
void verify_local(const struct verify_options *options, const char *path,
                  json_t *results, bool *ok);

/* Judges by what the input is; the others judge one kind. */
struct verify_result verify_file(const struct verify_options *options,
                                 const struct verify_input *input);

struct verify_result verify_pack(const struct verify_options *options,
                                 const struct verify_input *input);
struct verify_result verify_image(const struct verify_options *options,
                                  const struct verify_input *input);
struct verify_result verify_table(const struct verify_options *options,
                                  const struct verify_input *input);
/* A whole flash: what runs there, what would start, and with --against
 * whether this device can take the pack. */
struct verify_result verify_dump(const struct verify_options *options,
                                 const struct verify_input *input);

/* Whether people want to read something on stdout. */
static inline bool verify_talks(const struct verify_options *options)
{
    return !options->common.json && !options->common.quiet;
}

/* Ends the command: prints the list of results if that is wanted, releases
 * it, and is the exit status. */
int verify_finish(const struct verify_options *options, json_t *results,
                  bool ok);

/* A failed result from one error, which is also printed on stderr; it is
 * about the input unless it names another subject. */
struct verify_result verify_failed(const struct verify_input *input,
                                   const char *kind, struct ota_error err);

#endif
