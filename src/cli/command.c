/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "defaults.h"
#include "otatool/report.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    struct common *common = state->input;
    switch (key) {
    case 'J':
        common->json = true;
        return 0;
    case 'q':
        common->quiet = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option common_options[] = {
    {"json", 'J', NULL, 0, "print the result as JSON on stdout", 10},
    {"quiet", 'q', NULL, 0, "print nothing but errors", 10},
    {0},
};

const struct argp common_argp = {
    .options = common_options,
    .parser = parse_common,
};

const struct argp_child common_children[] = {{&common_argp, 0, NULL, 0}, {0}};

_Noreturn void command_usage(const char *command, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "otatool %s: ", command);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nTry 'otatool %s --help'.\n", command);
    exit(EXIT_USAGE);
}

int command_json(json_t *value, int status)
{
    json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    putchar('\n');
    json_decref(value);
    return status;
}

int command_fail(const struct common *common, const struct ota_error *err)
{
    ota_report_print(stderr, "otatool", err);
    if (common->json)
        command_json(
            json_pack("{s:b, s:o}", "ok", 0, "error", ota_report_json(err)), 0);
    return EXIT_REFUSED;
}

/* The digits of a number in base, or false: strtoull alone takes signs,
 * white space and, in base 0, octal by a leading zero. */
static bool read_digits(const char *text, int base, uint64_t *value,
                        const char **end)
{
    const char *digits = "0123456789abcdef";
    *value = 0;
    *end = text;
    for (; **end; (*end)++) {
        int c = **end | 0x20;
        const char *digit = memchr(digits, c, (size_t)base);
        if (!digit)
            break;
        *value = *value * (uint64_t)base + (uint64_t)(digit - digits);
        if (*value > UINT32_MAX)
            return false;
    }
    return *end != text;
}

bool command_number(const char *text, uint32_t *value)
{
    int base = 10;
    text += strspn(text, " ");
    if (text[0] == '0' && text[1]) {
        int letter = text[1] | 0x20;
        base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
        if (base != 10)
            text += 2;
        else if (isdigit((unsigned char)text[1]))
            base = 8; /* as in C and in the reference tool */
    }
    uint64_t number;
    const char *end;
    if (!read_digits(text, base, &number, &end))
        return false;
    if ((*end | 0x20) == 'k') {
        number *= 1024;
        end++;
    } else if ((*end | 0x20) == 'm') {
        number *= 1024 * 1024;
        end++;
    }
    end += strspn(end, " ");
    if (*end || number > UINT32_MAX)
        return false;
    *value = (uint32_t)number;
    return true;
}

void command_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    char name[64];
    struct defaults defaults;
    defaults_init(&defaults, argp, argc, argv);
    snprintf(name, sizeof(name), "otatool %s", argv[0]);
    defaults.argv[0] = name; /* argp prints it in usage and errors */
    argp_err_exit_status = EXIT_USAGE;
    error_t failure =
        argp_parse(argp, defaults.argc, defaults.argv, 0, NULL, input);
    defaults_release(&defaults);
    if (failure)
        exit(EXIT_USAGE);
}
