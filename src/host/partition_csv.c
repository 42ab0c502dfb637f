/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/partition_csv.h"
#include "partition_keywords.h"
#include "utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SATURATED ((int64_t)1 << 62)

/* A piece of text, not terminated. */
struct span {
    const char *text;
    size_t size;
};

enum field { NAME, TYPE, SUBTYPE, OFFSET, SIZE, FLAGS, FIELDS };
static const char *const field_names[FIELDS] = {
    "name", "type", "subtype", "offset", "size", "flags",
};

/* One line at work. */
struct row {
    struct ota_partition_csv *csv;
    uint32_t line;
    struct span fields[FIELDS];
    int64_t type;
    int64_t subtype;
    int64_t offset;
    int64_t size;
    bool has_offset;
    char *buffer; /* owned; what fields point into */
};

/* The rows so far, with numbers that may not fit yet. */
struct rows {
    struct row row[OTA_PARTITION_MAX];
    uint32_t count;
};

/* --- what errors quote --- */

static void quote(char *text, size_t size, enum field field, struct span value)
{
    size_t n = (size_t)snprintf(text, size, "%s \"", field_names[field]);
    for (size_t i = 0; i < value.size && n + 5 < size; i++) {
        unsigned char c = (unsigned char)value.text[i];
        text[n++] = c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
    /* Do not cut inside a character. */
    size_t valid = utf8_valid(text, n);
    snprintf(text + valid, size - valid, "\"");
}

static bool fail(struct row *row, enum ota_code code, enum field field,
                 struct ota_error *err)
{
    quote(row->csv->text, sizeof(row->csv->text), field, row->fields[field]);
    return ota_fail(err, code, .part = "line", .index = row->line,
                    .detail = row->csv->text);
}

static void note_slip(struct row *row, enum ota_code code, enum field field)
{
    struct ota_partition_csv *csv = row->csv;
    if (csv->slip.code != OTA_OK)
        return;
    quote(csv->slip_text, sizeof(csv->slip_text), field, row->fields[field]);
    ota_fail(&csv->slip, code, .part = "line", .index = row->line,
             .detail = csv->slip_text);
}

/* --- spans --- */

static struct span strip(struct span span)
{
    size_t length;
    while (span.size > 0 &&
           utf8_is_space(utf8_decode(span.text, span.size, &length))) {
        span.text += length;
        span.size -= length;
    }
    /* The last that is no space ends it. */
    size_t end = 0;
    for (size_t at = 0; at < span.size; at += length)
        if (!utf8_is_space(
                utf8_decode(span.text + at, span.size - at, &length)))
            end = at + length;
    span.size = end;
    return span;
}

static bool equals(struct span span, const char *text)
{
    return span.size == strlen(text) && memcmp(span.text, text, span.size) == 0;
}

/* Up to the next separator; false where nothing is left. */
static bool next_piece(struct span *rest, char separator, struct span *piece)
{
    if (!rest->text)
        return false;
    const char *end =
        rest->size > 0 ? memchr(rest->text, separator, rest->size) : NULL;
    *piece = *rest;
    if (!end) {
        *rest = (struct span){0};
        return true;
    }
    piece->size = (size_t)(end - rest->text);
    rest->text = end + 1;
    rest->size -= piece->size + 1;
    return true;
}

/* --- numbers --- */

static int64_t saturate(int64_t value, int64_t factor, int64_t add)
{
    if (value > (SATURATED - add) / factor)
        return SATURATED;
    return value * factor + add;
}

/* 0x, 0o, 0b and one underscore behind; sets the base. */
static void take_prefix(struct span *span, int *base, bool *zero_only)
{
    int letter = span->size > 1 ? span->text[1] | 0x20 : 0;
    *base = 10;
    *zero_only = false;
    if (span->size == 0 || span->text[0] != '0')
        return;
    *base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
    *zero_only = *base == 10;
    if (*zero_only)
        return;
    size_t n = span->size > 2 && span->text[2] == '_' ? 3 : 2;
    span->text += n;
    span->size -= n;
}

static int digit_of(uint32_t character, int base)
{
    int digit = utf8_digit(character);
    if (digit < 0 && (character | 0x20) >= 'a' && (character | 0x20) <= 'f' &&
        character < 0x80)
        digit = (int)(character | 0x20) - 'a' + 10;
    return digit < base ? digit : -1;
}

/* Digits with single underscores between them, all of span. */
static bool read_digits(struct span span, int base, int64_t *value,
                        bool *is_plain)
{
    bool after_digit = false;
    *value = 0;
    while (span.size > 0) {
        size_t length;
        uint32_t character = utf8_decode(span.text, span.size, &length);
        int digit = digit_of(character, base);
        if (character == '_' ? !after_digit : digit < 0)
            return false;
        after_digit = character != '_';
        if (after_digit)
            *value = saturate(*value, base, digit);
        *is_plain &= character < 0x80;
        span.text += length;
        span.size -= length;
    }
    return after_digit;
}

static bool read_number(struct span span, int64_t *value, bool *is_plain)
{
    int base;
    bool zero_only;
    bool is_negative;
    span = strip(span);
    is_negative = span.size > 0 && span.text[0] == '-';
    if (span.size > 0 && (is_negative || span.text[0] == '+')) {
        span.text++;
        span.size--;
    }
    take_prefix(&span, &base, &zero_only);
    if (!read_digits(span, base, value, is_plain))
        return false;
    if (is_negative)
        *value = -*value;
    return !zero_only || *value == 0;
}

bool ota_partition_csv_number(const char *text, size_t size, int64_t *value,
                              bool *is_plain)
{
    bool plain = true;
    bool ok = utf8_valid(text, size) == size &&
              read_number((struct span){text, size}, value, &plain);
    if (is_plain)
        *is_plain = plain;
    return ok;
}

static const struct keyword *find_keyword(struct span span, enum field field,
                                          int64_t type)
{
    const struct keyword *k =
        field == TYPE ? partition_types : partition_subtypes;
    for (; k->name; k++)
        if ((field == TYPE || k->type == type) &&
            span.size == strlen(k->name) &&
            strncasecmp(span.text, k->name, span.size) == 0)
            return k;
    return NULL;
}

/* The factor of a last letter K or M, which is taken off, or 1. */
static int64_t take_suffix(struct span *span)
{
    int letter = span->size > 0 ? span->text[span->size - 1] | 0x20 : 0;
    if (letter != 'k' && letter != 'm')
        return 1;
    span->size--;
    return letter == 'k' ? 1024 : 1024 * 1024;
}

/* Number or keyword, with any number of suffixes. */
static bool read_value(struct row *row, enum field field, int64_t *value,
                       struct ota_error *err)
{
    struct span span = row->fields[field];
    int64_t factor = 1;
    int64_t next;
    int suffixes = 0;
    bool is_plain = true;
    for (; (next = take_suffix(&span)) > 1; suffixes++)
        factor = saturate(factor, next, 0);
    bool is_number = read_number(span, value, &is_plain);
    if (!is_number) {
        const struct keyword *keyword =
            field == TYPE || field == SUBTYPE
                ? find_keyword(span, field, row->type)
                : NULL;
        if (!keyword)
            return fail(row,
                        field == TYPE || field == SUBTYPE ? OTA_E_CSV_KEYWORD
                                                          : OTA_E_CSV_NUMBER,
                        field, err);
        *value = keyword->value;
    }
    if (suffixes > 1 || (suffixes && !is_number) || !is_plain)
        note_slip(row, OTA_E_CSV_NUMBER_FORM, field);
    *value = *value < 0 ? -saturate(-*value, factor, 0)
                        : saturate(*value, factor, 0);
    return true;
}

/* --- one line --- */

static void split(struct row *row, struct span line)
{
    struct span piece;
    for (int i = 0; i < FIELDS; i++)
        row->fields[i] = next_piece(&line, ',', &piece)
                             ? strip(piece)
                             : (struct span){.text = ""};
}

static bool read_kind(struct row *row, struct ota_error *err)
{
    if (row->fields[TYPE].size == 0)
        return fail(row, OTA_E_CSV_EMPTY_FIELD, TYPE, err);
    if (!read_value(row, TYPE, &row->type, err))
        return false;
    row->subtype = 0;
    if (row->fields[SUBTYPE].size > 0 &&
        !read_value(row, SUBTYPE, &row->subtype, err))
        return false;
    if (row->type < 0 || row->type > 255)
        return fail(row, OTA_E_CSV_RANGE, TYPE, err);
    if (row->subtype < 0 || row->subtype > 255)
        return fail(row, OTA_E_CSV_RANGE, SUBTYPE, err);
    return true;
}

static bool read_place(struct row *row, struct ota_error *err)
{
    row->has_offset = row->fields[OFFSET].size > 0;
    if (row->has_offset && !read_value(row, OFFSET, &row->offset, err))
        return false;
    if (row->fields[SIZE].size == 0)
        return fail(row, OTA_E_CSV_EMPTY_FIELD, SIZE, err);
    return read_value(row, SIZE, &row->size, err);
}

static bool read_flags(struct row *row, uint32_t *flags, struct ota_error *err)
{
    struct span rest = row->fields[FLAGS];
    struct span flag;
    while (next_piece(&rest, ':', &flag))
        if (equals(flag, "encrypted"))
            *flags |= 1;
        else if (flag.size > 0)
            return fail(row, OTA_E_CSV_FLAG, FLAGS, err);
    return true;
}

static void check_name(struct row *row)
{
    struct span name = row->fields[NAME];
    size_t kept = name.size < OTA_PARTITION_NAME_SIZE
                      ? name.size
                      : (size_t)OTA_PARTITION_NAME_SIZE;
    bool is_slip =
        utf8_valid(name.text, kept) != kept ||
        (name.size >= 3 && memcmp(name.text, "\xef\xbb\xbf", 3) == 0);
    for (size_t i = 0; i < name.size; i++)
        is_slip |= (unsigned char)name.text[i] < 0x20 || name.text[i] == 0x7f ||
                   name.text[i] == '"' || name.text[i] == '$';
    if (is_slip)
        note_slip(row, OTA_E_CSV_NAME_FORM, NAME);
    else if (name.size > OTA_PARTITION_NAME_SIZE && !row->csv->cut_line)
        row->csv->cut_line = row->line;
}

static void keep_name(struct row *row, struct ota_partition *partition)
{
    struct span name = row->fields[NAME];
    memcpy(partition->name, name.text,
           name.size < OTA_PARTITION_NAME_SIZE
               ? name.size
               : (size_t)OTA_PARTITION_NAME_SIZE);
}

static bool read_line(struct rows *rows, struct ota_partition_csv *csv,
                      uint32_t line, struct span text, struct ota_error *err)
{
    if (rows->count == OTA_PARTITION_MAX)
        return ota_fail(err, OTA_E_TABLE_FULL, .part = "line", .index = line,
                        .expected = OTA_PARTITION_MAX,
                        .actual = OTA_PARTITION_MAX + 1);
    struct row *row = &rows->row[rows->count];
    struct ota_partition *partition = &csv->table.entries[rows->count];
    *row = (struct row){.csv = csv, .line = line};
    split(row, text);
    check_name(row);
    if (!read_kind(row, err) || !read_place(row, err) ||
        !read_flags(row, &partition->flags, err))
        return false;
    keep_name(row, partition);
    csv->lines[rows->count] = line;
    rows->count++;
    return true;
}

/* --- offsets and sizes --- */

static int64_t round_up(int64_t value, int64_t type)
{
    int64_t alignment = type == OTA_PARTITION_APP ? 0x1000 : 4;
    int64_t rest = value % alignment;
    if (rest < 0)
        rest += alignment;
    return rest ? value + alignment - rest : value;
}

static bool place(struct row *row, int64_t *last_end, struct ota_error *err)
{
    if (row->has_offset && row->offset < *last_end) {
        fail(row, OTA_E_CSV_ORDER, OFFSET, err);
        if (err) {
            err->expected = (uint64_t)*last_end;
            err->actual = row->offset < 0 ? 0 : (uint64_t)row->offset;
        }
        return false;
    }
    if (!row->has_offset)
        row->offset = round_up(*last_end, row->type);
    if (row->offset < 0 || row->offset > UINT32_MAX)
        return fail(row, OTA_E_CSV_RANGE, OFFSET, err);
    if (row->size < 0)
        row->size = -row->size - row->offset;
    if (row->size < 0 || row->size > UINT32_MAX)
        return fail(row, OTA_E_CSV_RANGE, SIZE, err);
    *last_end = row->offset + row->size;
    return true;
}

static bool place_all(struct rows *rows, struct ota_partition_csv *csv,
                      int64_t table_offset, struct ota_error *err)
{
    int64_t last_end = table_offset + OTA_PARTITION_TABLE_SECTOR;
    for (uint32_t i = 0; i < rows->count; i++) {
        struct row *row = &rows->row[i];
        struct ota_partition *partition = &csv->table.entries[i];
        if (!place(row, &last_end, err))
            return false;
        partition->type = (uint8_t)row->type;
        partition->subtype = (uint8_t)row->subtype;
        partition->offset = (uint32_t)row->offset;
        partition->size = (uint32_t)row->size;
    }
    csv->table.count = (uint16_t)rows->count;
    return true;
}

/* --- lines --- */

static bool is_word(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c >= '0' && c <= '9');
}

/* The name of the variable that starts at a dollar sign, and the bytes that
 * its mention takes; 0 where none is mentioned. */
static size_t variable_at(struct span text, struct span *name)
{
    size_t n = 1;
    if (text.size > 1 && text.text[1] == '{') {
        const char *end = memchr(text.text, '}', text.size);
        *name = (struct span){text.text + 2,
                              end ? (size_t)(end - text.text) - 2 : 0};
        return end ? name->size + 3 : 0;
    }
    while (n < text.size && is_word((unsigned char)text.text[n]))
        n++;
    *name = (struct span){text.text + 1, n - 1};
    return n > 1 ? n : 0;
}

static const char *environment(struct span name)
{
    char *copy = strndup(name.text, name.size);
    const char *value = copy && strlen(copy) == name.size && name.size > 0
                            ? getenv(copy)
                            : NULL;
    free(copy);
    return value;
}

/* Unknown variables stay as text; values are not looked through again. */
static char *expand(struct span line, size_t *size)
{
    char *expanded = NULL;
    FILE *out = open_memstream(&expanded, size);
    if (!out)
        return NULL;
    while (line.size > 0) {
        struct span name;
        size_t n = line.text[0] == '$' ? variable_at(line, &name) : 0;
        const char *value = n ? environment(name) : NULL;
        if (value)
            fputs(value, out);
        else
            fwrite(line.text, 1, n ? n : 1, out);
        line.text += n ? n : 1;
        line.size -= n ? n : 1;
    }
    if (fclose(out) != 0) {
        free(expanded);
        return NULL;
    }
    return expanded;
}

/* The one place where an unknown variable is refused, as the reference
 * does: at the very start of a line. */
static bool starts_with_variable(struct span line)
{
    return line.size > 1 && line.text[0] == '$' &&
           is_word((unsigned char)line.text[1]) &&
           !(line.text[1] >= '0' && line.text[1] <= '9');
}

static bool take_expanded(struct rows *rows, struct ota_partition_csv *csv,
                          uint32_t line, struct span text,
                          struct ota_error *err)
{
    struct row row = {.csv = csv, .line = line, .fields[NAME] = text};
    if (starts_with_variable(text))
        return fail(&row, OTA_E_CSV_VARIABLE, NAME, err);
    if (utf8_valid(text.text, text.size) != text.size)
        return fail(&row, OTA_E_CSV_VALUE, NAME, err);
    text = strip(text);
    if (text.size == 0 || text.text[0] == '#')
        return true;
    return read_line(rows, csv, line, text, err);
}

static bool take_line(struct rows *rows, struct ota_partition_csv *csv,
                      uint32_t line, struct span text, struct ota_error *err)
{
    uint32_t before = rows->count;
    size_t size;
    char *expanded = expand(text, &size);
    if (!expanded)
        return ota_fail(err, OTA_E_MEMORY);
    bool ok =
        take_expanded(rows, csv, line, (struct span){expanded, size}, err);
    if (rows->count > before)
        rows->row[before].buffer = expanded; /* its fields lie in there */
    else
        free(expanded);
    return ok;
}

/* The next line without its end; false at the end of the text. */
static bool next_line(struct span *rest, struct span *line)
{
    size_t at = 0;
    size_t length = 0;
    if (rest->size == 0)
        return false;
    for (; at < rest->size; at += length)
        if (utf8_is_line_end(
                utf8_decode(rest->text + at, rest->size - at, &length)))
            break;
    *line = (struct span){rest->text, at};
    if (at < rest->size) {
        if (rest->text[at] == '\r' && at + 1 < rest->size &&
            rest->text[at + 1] == '\n')
            length = 2;
        at += length;
    }
    rest->text += at;
    rest->size -= at;
    return true;
}

static bool read_all(struct rows *rows, struct ota_partition_csv *csv,
                     struct span text, struct ota_error *err)
{
    struct span line;
    for (uint32_t number = 1; next_line(&text, &line); number++)
        if (!take_line(rows, csv, number, line, err))
            return false;
    return true;
}

bool ota_partition_csv_parse(struct ota_partition_csv *csv, const char *text,
                             size_t size, int64_t table_offset,
                             struct ota_error *err)
{
    struct rows rows = {.count = 0};
    memset(csv, 0, sizeof(*csv));
    size_t valid = utf8_valid(text, size);
    if (valid < size)
        return ota_fail(err, OTA_E_CSV_TEXT, .offset = valid);
    bool ok = read_all(&rows, csv, (struct span){text, size}, err) &&
              place_all(&rows, csv, table_offset, err);
    for (uint32_t i = 0; i < rows.count; i++)
        free(rows.row[i].buffer);
    return ok;
}
