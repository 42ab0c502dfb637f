/* SPDX-License-Identifier: Apache-2.0 */
/* otatool verify: packs, and what cannot be read as anything else. */
#include "otatool/digest.h"
#include "otatool/kind.h"
#include "otatool/pack_file.h"
#include "otatool/report.h"
#include "verify.h"

struct verify_result verify_failed(const struct verify_input *input,
                                   const char *kind, struct ota_error err)
{
    if (!err.subject)
        err.subject = input->name;
    ota_report_print(stderr, "otatool", &err);
    return (struct verify_result){
        .ok = false,
        .json = json_pack("{s:b, s:o, s:s, s:o}", "ok", 0, "file",
                          ota_report_text(input->name), "kind", kind, "error",
                          ota_report_json(&err)),
    };
}

static json_t *pack_json(const struct judgement *judgement,
                         const struct verify_input *input)
{
    uint8_t digest[OTA_SHA256_SIZE];
    char text[2 * OTA_SHA256_SIZE + 1];
    ota_sha256(input->file.data, input->file.size, digest);
    ota_hex(digest, sizeof(digest), text);
    json_t *object = judge_json(judgement);
    json_object_set_new(object, "file", ota_report_text(input->name));
    json_object_set_new(object, "sha256", json_string(text));
    return object;
}

struct verify_result verify_pack(const struct verify_options *options,
                                 const struct verify_input *input)
{
    struct ota_pack pack;
    struct ota_error err;
    struct judgement judgement;
    if (!ota_pack_file_read(&pack, input->file.data, input->file.size, &err))
        return verify_failed(input, ota_kind_name(OTA_KIND_PACK), err);
    judge_pack(&judgement, &pack, &options->judge, input->name);
    if (verify_talks(options)) {
        ota_report_name(stdout, input->name);
        printf(": v2_to_v3 pack, %zu bytes\n", input->file.size);
        judge_print(&judgement, stdout);
    }
    judge_print_refusals(&judgement, stderr, "otatool");
    if (judgement.is_usable && verify_talks(options))
        printf("  verdict: good for the devices that say yes above\n");
    return (struct verify_result){
        judgement.is_usable,
        options->common.json ? pack_json(&judgement, input) : json_null()};
}
