/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/report.h"
#include <inttypes.h>

void ota_report_name(FILE *out, const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            fprintf(out, "\\x%02x", (unsigned char)*text);
        else
            fputc(*text, out);
}

static bool has_where(const struct ota_words *words,
                      const struct ota_error *err)
{
    return err->part || words->has_offset;
}

static void print_where(FILE *out, const struct ota_words *words,
                        const struct ota_error *err)
{
    if (err->part)
        ota_report_name(out, err->part);
    if (err->index)
        fprintf(out, " %" PRIu32, err->index);
    if (words->has_offset)
        fprintf(out, "%soffset 0x%" PRIx64, err->part ? ", " : "", err->offset);
}

static void print_values(FILE *out, const struct ota_words *words,
                         const struct ota_error *err)
{
    switch (words->why) {
    case OTA_WHY_NONE:
        break;
    case OTA_WHY_HEX:
        fprintf(out, "expected 0x%" PRIx64 ", found 0x%" PRIx64, err->expected,
                err->actual);
        break;
    case OTA_WHY_NUMBER:
        fprintf(out, "expected %" PRIu64 ", found %" PRIu64, err->expected,
                err->actual);
        break;
    case OTA_WHY_LIMIT:
        fprintf(out, "at most %" PRIu64 " bytes, found %" PRIu64, err->expected,
                err->actual);
        break;
    case OTA_WHY_SIZE:
        fprintf(out, "at least %" PRIu64 " bytes, found %" PRIu64,
                err->expected, err->actual);
        break;
    case OTA_WHY_UPTO:
        fprintf(out, "at most 0x%" PRIx64 ", found 0x%" PRIx64, err->expected,
                err->actual);
        break;
    case OTA_WHY_FROM:
        fprintf(out, "at least 0x%" PRIx64 ", found 0x%" PRIx64, err->expected,
                err->actual);
        break;
    case OTA_WHY_FOUND:
        fprintf(out, "found 0x%" PRIx64, err->actual);
        break;
    }
}

static bool has_why(const struct ota_words *words, const struct ota_error *err)
{
    return words->why != OTA_WHY_NONE || err->detail;
}

static void print_why(FILE *out, const struct ota_words *words,
                      const struct ota_error *err)
{
    print_values(out, words, err);
    if (words->why != OTA_WHY_NONE && err->detail)
        fputs("; ", out);
    if (err->detail)
        ota_report_name(out, err->detail);
}

static void print_labelled(FILE *out, const char *label,
                           void (*print)(FILE *, const struct ota_words *,
                                         const struct ota_error *),
                           const struct ota_error *err)
{
    fputs(label, out);
    print(out, ota_report_words(err->code), err);
    fputc('\n', out);
}

void ota_report_print(FILE *out, const char *label, const struct ota_error *err)
{
    const struct ota_words *words = ota_report_words(err->code);
    fprintf(out, "%s: ", label);
    if (err->subject) {
        ota_report_name(out, err->subject);
        fputs(": ", out);
    }
    fprintf(out, "%s\n", words->sentence);
    if (has_where(words, err))
        print_labelled(out, "  where: ", print_where, err);
    if (has_why(words, err))
        print_labelled(out, "  why:   ", print_why, err);
    fprintf(out, "  mend:  %s\n", words->mend);
}

void ota_report_line(FILE *out, const struct ota_error *err)
{
    const struct ota_words *words = ota_report_words(err->code);
    bool where = has_where(words, err);
    bool why = has_why(words, err);
    fputs(words->sentence, out);
    if (!where && !why)
        return;
    fputs(" (", out);
    if (where)
        print_where(out, words, err);
    if (where && why)
        fputs(": ", out);
    if (why)
        print_why(out, words, err);
    fputc(')', out);
}

json_t *ota_report_text(const char *text)
{
    json_t *value = json_string(text);
    return value ? value : json_string("(not UTF-8)");
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, ota_report_text(text));
}

json_t *ota_report_json(const struct ota_error *err)
{
    const struct ota_words *words = ota_report_words(err->code);
    json_t *object = json_object();
    set_text(object, "code", words->id);
    set_text(object, "message", words->sentence);
    set_text(object, "subject", err->subject);
    set_text(object, "part", err->part);
    if (err->index)
        json_object_set_new(object, "index", json_integer(err->index));
    if (words->has_offset)
        json_object_set_new(object, "offset",
                            json_integer((json_int_t)err->offset));
    if (words->why != OTA_WHY_NONE && words->why != OTA_WHY_FOUND)
        json_object_set_new(object, "expected",
                            json_integer((json_int_t)err->expected));
    if (words->why != OTA_WHY_NONE)
        json_object_set_new(object, "actual",
                            json_integer((json_int_t)err->actual));
    set_text(object, "detail", err->detail);
    set_text(object, "mend", words->mend);
    return object;
}
