/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Test inputs made from specs: the formats written a second time, by other
 * means than the product's, so that the product is not its own judge.
 *
 * A spec is a JSON object with a "kind"; tests/data/README.md lists them.
 * A spec that makes no sense ends the program with a message.
 */
#ifndef OTATOOL_TESTS_INPUT_H
#define OTATOOL_TESTS_INPUT_H

#include "blob.h"
#include <jansson.h>
#include <stdbool.h>

/* All named specs, and the name at hand for messages. */
struct input_set {
    json_t *specs;
};

/* Builds the input of a name, or of a spec. */
struct blob input_named(const struct input_set *set, const char *name);
struct blob input_build(const struct input_set *set, json_t *spec);
/* Builds what a spec refers to: a name or a spec of its own. */
struct blob input_resolve(const struct input_set *set, json_t *reference);

/* Fields of a spec; the fallback is used when there is none. */
uint32_t spec_number(const json_t *spec, const char *key, uint32_t fallback);
const char *spec_text(const json_t *spec, const char *key,
                      const char *fallback);
/* Element i of an array as a number, 0 when it is none. */
uint32_t spec_element(const json_t *array, size_t i);
/* Appends the bytes that hex digits spell. */
void spec_hex(struct blob *out, const char *hex);
_Noreturn void spec_fail(const char *message, const char *name);

/* count bytes of xorshift32, little-endian words, or all of one fill. */
void input_random(struct blob *out, uint32_t seed, size_t count);
/* CRC-32 as the old SDK stores it. */
uint32_t input_crc_old(const struct blob *blob);

/* The kinds with a file of their own. */
struct blob input_image(const json_t *spec);
struct blob input_container(const json_t *spec);
struct blob input_elf(const json_t *spec);
struct blob input_table(const json_t *spec);
struct blob input_otadata(const json_t *spec);
struct blob input_crc_forge(const json_t *spec);
/* The 256 bytes of an SDK-v3 app's description. */
struct blob input_description(const json_t *spec);

#endif
