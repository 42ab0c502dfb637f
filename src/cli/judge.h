/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging a pack and telling people or programs the result. To judge bytes
 * of any kind, from a file or a URL, see verify_file() in verify.h.
 */
#ifndef OTATOOL_CLI_JUDGE_H
#define OTATOOL_CLI_JUDGE_H

#include "otatool/rules.h"
#include <jansson.h>
#include <stdio.h>

enum { JUDGE_MAX_FINDINGS = 64 };

struct judge_options {
    uint16_t maps;         /* bit c: flash map code c; 0: all that can work */
    uint32_t table_offset; /* the bootloader was built for; 0: unknown */
};

/* Adds the maps of a --for argument: names and codes, separated by commas.
 * False when one is unknown. */
OTA_CHECKED bool judge_maps(const char *text, uint16_t *maps);

struct judge_finding {
    enum ota_severity severity;
    struct ota_error facts;
};

struct judgement {
    const struct ota_pack *pack; /* borrowed */
    struct judge_finding findings[JUDGE_MAX_FINDINGS];
    size_t count;
    uint16_t maps;  /* the maps judged */
    bool is_usable; /* no refusal, and devices that can take it */
};

/* Asks all rules. subject names the pack in the findings; borrowed. */
void judge_pack(struct judgement *judgement, struct ota_pack *pack,
                const struct judge_options *options, const char *subject);

/* Adds a finding that no rule over the pack can see. */
void judge_add(struct judgement *judgement, enum ota_severity severity,
               struct ota_error facts);

/* The refusals on out, each as what/where/why/mend, led by label. */
void judge_print_refusals(const struct judgement *judgement, FILE *out,
                          const char *label);

/* The parts, who can take it and the warnings, for people. */
void judge_print(const struct judgement *judgement, FILE *out);

/* The same for programs; new. */
json_t *judge_json(const struct judgement *judgement);

#endif
