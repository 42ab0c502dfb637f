/* SPDX-License-Identifier: Apache-2.0 */
#include "rom/power.h"
#include "chip/rom.h"
#include "rom/clock.h"
#include "rom/console.h"
#include "rom/entries.h"
#include "rom/flash.h"
#include "rom/options.h"
#include "rom/registers.h"
#include "rom/semihosting.h"
#include "rom/start.h"
#include "rom/uart.h"

static struct {
    uint32_t resets;
} state;

uint32_t power_resets(void)
{
    return state.resets;
}

void power_end(enum rom_status status)
{
    const struct flash_counts *counts = flash_counts();
    console_say("end status=%u resets=%u erases=%u programs=%u reads=%u "
                "ms=%u",
                (unsigned)status, (unsigned)state.resets,
                (unsigned)counts->erases, (unsigned)counts->programs,
                (unsigned)counts->reads, (unsigned)clock_ms());
    uart_flush();
    console_flush();
    host_exit(status);
}

void power_reset(enum reset_cause cause)
{
    if (state.resets == options()->reset) {
        console_say("a reset more than reset=%u", (unsigned)state.resets);
        power_end(ROM_RESETS);
    }
    state.resets++;
    start_again(cause);
}

void rom_software_reboot(void)
{
    power_reset(CAUSE_SOFTWARE);
}

void software_reset(void)
{
    power_reset(CAUSE_SOFTWARE);
}

uint32_t rtc_get_reset_reason(void)
{
    return registers_cause();
}

void rom_exit(int status)
{
    power_end((enum rom_status)status);
}
