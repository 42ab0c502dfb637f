/* SPDX-License-Identifier: Apache-2.0 */
#include "serial_range.h"

enum { KEY_PARTITION = 0x300 };

static const struct argp_option rows[] = {
    {"partition", KEY_PARTITION, "NAME", 0,
     "the partition of this name on the device", 1},
    {0},
};

static void take_number(struct serial_range *range, const char *text,
                        struct argp_state *state)
{
    if (range->number_count == 2)
        argp_error(state, "there are too many arguments");
    else if (!command_number(text, &range->numbers[range->number_count++]))
        argp_error(state, "'%s' is no number", text);
}

static void check(const struct serial_range *range, struct argp_state *state)
{
    bool is_named = range->number_count == (range->partition ? 0 : 2);
    bool is_all =
        range->may_be_all && !range->partition && range->number_count == 0;
    if (!is_named && !is_all)
        argp_error(state, "name OFFSET and SIZE, or --partition%s",
                   range->may_be_all ? ", or neither for all" : "");
    if (range->number_count == 2 && range->numbers[1] == 0)
        argp_error(state, "a SIZE of 0 is no range");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct serial_range *range = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &range->serial;
        return 0;
    case KEY_PARTITION:
        range->partition = arg;
        return 0;
    case ARGP_KEY_ARG:
        take_number(range, arg, state);
        return 0;
    case ARGP_KEY_END:
        check(range, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp range_argp = {
    .options = rows,
    .parser = parse,
    .children = serial_children,
};

const struct argp_child serial_range_children[] = {{&range_argp, 0, NULL, 0},
                                                   {0}};

bool serial_range_find(const struct serial_range *range,
                       struct ota_flasher *flasher, uint32_t *offset,
                       uint32_t *size, struct ota_error *err)
{
    struct ota_partition partition;
    *offset = range->numbers[0];
    *size = range->number_count ? range->numbers[1] : flasher->chip.flash_size;
    if (!range->partition)
        return true;
    if (!ota_flasher_partition(flasher, range->partition, &partition, err))
        return false;
    *offset = partition.offset;
    *size = partition.size;
    return true;
}
