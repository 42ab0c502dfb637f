/* SPDX-License-Identifier: Apache-2.0 */
/* A fake chip, a line and a plan for tests of the flasher. */
#ifndef OTATOOL_TESTS_FLASHER_FIXTURE_H
#define OTATOOL_TESTS_FLASHER_FIXTURE_H

#include "fake_line.h"
#include "otatool/flasher.h"

enum { FIXTURE_FLASH = 512 * 1024 };

struct flasher_fixture {
    struct fake_chip chip;
    struct fake_line line;
    struct ota_flasher flasher;
    struct ota_flasher_options options;
    struct ota_flasher_job job;
    struct ota_flasher_result result;
    struct ota_flash_plan plan;
    uint8_t expected[FIXTURE_FLASH]; /* the flash when all went well */
};

/* A chip whose flash holds old bytes everywhere, and a plan of three parts:
 * 3 sectors at 0, 1 at 0x5000, 9 and a bit at 0x7000. */
void flasher_fixture_init(struct flasher_fixture *fixture, bool with_stub);
void flasher_fixture_release(struct flasher_fixture *fixture);

/* Opens and writes; the code it ends with. */
enum ota_code flasher_fixture_run(struct flasher_fixture *fixture);

/* Whether the flash is what it should be, every byte of it. */
bool flasher_fixture_is_right(const struct flasher_fixture *fixture);

#endif
