/* SPDX-License-Identifier: Apache-2.0 */
#include "serial_range.h"

void serial_range_take(struct serial_range *range, const char *text,
                       struct argp_state *state)
{
    if (range->number_count == 2)
        argp_error(state, "there are too many arguments");
    else if (!command_number(text, &range->numbers[range->number_count++]))
        argp_error(state, "'%s' is no number", text);
}

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
