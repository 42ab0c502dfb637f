/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bad line: whatever happens to whichever byte, a job that says it is done
 * has left the right flash, every byte of it, and one that failed can be run
 * again.
 */
#include "cmocka_all.h"
#include "flasher_fixture.h"
#include <string.h>

enum { DENSE = 1600, DENSE_STEP = 29, SPARSE_STEP = 6007, ENOUGH = 1000000 };

static struct flasher_fixture fixture;

struct trial {
    enum fake_fault fault;
    bool to_host;
    uint64_t at;
    uint64_t every;
    bool is_strict;
    bool has_stub;
    bool is_guarded;
    uint8_t bit;
};

static enum ota_code run(const struct trial *trial)
{
    fixture.line.fault = trial->fault;
    fixture.line.to_host = trial->to_host;
    fixture.line.at = trial->at;
    fixture.line.every = trial->every;
    fixture.line.bit = trial->bit;
    fixture.line.sent = fixture.line.received = 0;
    fixture.line.faults = 0;
    fixture.line.is_gone = fixture.line.is_held = false;
    return flasher_fixture_run(&fixture);
}

static const struct trial no_fault = {.at = 0};

/* Two sides know nothing of each other's state after a fault: the second run
 * finds the chip wherever the first has left it. */
static void check_again(const struct trial *trial)
{
    enum ota_code code = run(&no_fault);
    if (code != OTA_OK || !flasher_fixture_is_right(&fixture))
        fail_msg("fault %d at %u (%s): the next run ends with %d", trial->fault,
                 (unsigned)trial->at, trial->to_host ? "to host" : "to chip",
                 code);
}

/* False where the session is over before the fault strikes. */
static bool try_it(const struct trial *trial, unsigned *successes)
{
    flasher_fixture_init(&fixture, trial->has_stub);
    fixture.chip.is_strict = trial->is_strict;
    fixture.job.is_guarded = trial->is_guarded;
    enum ota_code code = run(trial);
    bool has_struck = fixture.line.faults > 0;
    if (code == OTA_OK && !flasher_fixture_is_right(&fixture))
        fail_msg("fault %d at %u (%s): a wrong success", trial->fault,
                 (unsigned)trial->at, trial->to_host ? "to host" : "to chip");
    *successes += code == OTA_OK;
    if (code != OTA_OK && trial->is_strict && trial->has_stub)
        check_again(trial);
    flasher_fixture_release(&fixture);
    return has_struck;
}

/* Every few bytes while the session begins, more seldom later. */
static void try_everywhere(struct trial trial, uint64_t first)
{
    unsigned successes = 0;
    unsigned trials = 0;
    for (trial.at = first; trial.at < ENOUGH;
         trial.at += trial.at < DENSE ? DENSE_STEP : SPARSE_STEP) {
        if (!try_it(&trial, &successes))
            break;
        trials++;
    }
    assert_true(trials > 40);
    /* All but the port that is gone can be mended underway. */
    if (trial.fault != FAKE_LINE_VANISH)
        assert_true(successes * 100 >= trials * 95);
}

static void one_fault(enum fake_fault fault)
{
    for (int to_host = 0; to_host < 2; to_host++)
        try_everywhere((struct trial){.fault = fault,
                                      .to_host = to_host,
                                      .is_strict = true,
                                      .has_stub = true},
                       1);
}

static void a_lost_byte_is_mended(void **state)
{
    (void)state;
    one_fault(FAKE_LINE_LOSE);
}

static void a_doubled_byte_is_mended(void **state)
{
    (void)state;
    one_fault(FAKE_LINE_DOUBLE);
}

static void a_flipped_bit_is_mended(void **state)
{
    (void)state;
    one_fault(FAKE_LINE_FLIP);
}

/* Where in the bytes to the chip the data of a sound job begin. */
static uint64_t find_data(void)
{
    flasher_fixture_init(&fixture, true);
    fixture.chip.is_strict = true;
    assert_int_equal(run(&no_fault), OTA_OK);
    uint64_t at = fixture.chip.begin_at;
    flasher_fixture_release(&fixture);
    return at;
}

static void a_block_that_comes_damaged_is_sent_once_more(void **state)
{
    (void)state;
    const struct trial trial = {.fault = FAKE_LINE_FLIP,
                                .at = find_data() + 200};
    flasher_fixture_init(&fixture, true);
    fixture.chip.is_strict = true;
    assert_int_equal(run(&trial), OTA_OK);
    assert_int_equal(fixture.line.faults, 1);
    assert_int_equal(fixture.flasher.recoveries, 0);
    assert_true(flasher_fixture_is_right(&fixture));
    flasher_fixture_release(&fixture);
}

static void a_block_that_always_comes_damaged_ends_the_job(void **state)
{
    (void)state;
    const struct trial trial = {
        .fault = FAKE_LINE_FLIP, .at = find_data() + 200, .every = 100};
    flasher_fixture_init(&fixture, true);
    fixture.chip.is_strict = true;
    assert_int_not_equal(run(&trial), OTA_OK);
    flasher_fixture_release(&fixture);
}

static void a_late_answer_is_not_taken_for_another(void **state)
{
    (void)state;
    try_everywhere((struct trial){.fault = FAKE_LINE_DELAY,
                                  .to_host = true,
                                  .is_strict = true,
                                  .has_stub = true},
                   1);
}

static void a_chip_that_restarts_is_brought_back(void **state)
{
    (void)state;
    one_fault(FAKE_LINE_RESET);
}

static void a_stub_without_checksums_is_seen_through(void **state)
{
    (void)state;
    for (int is_guarded = 0; is_guarded < 2; is_guarded++)
        try_everywhere((struct trial){.fault = FAKE_LINE_FLIP,
                                      .has_stub = true,
                                      .is_guarded = is_guarded},
                       is_guarded ? 2 : 9);
}

/* Every bit of the request that begins a stream. */
static void a_garbled_beginning_is_no_success(void **state)
{
    (void)state;
    flasher_fixture_init(&fixture, true);
    assert_int_equal(run(&no_fault), OTA_OK);
    uint64_t begin = fixture.chip.begin_at;
    flasher_fixture_release(&fixture);
    assert_true(begin > 0);
    unsigned successes = 0;
    for (uint64_t at = begin - 32; at < begin + 2; at++)
        for (uint8_t bit = 0; bit < 8; bit++) {
            struct trial trial = {.fault = FAKE_LINE_FLIP,
                                  .at = at,
                                  .has_stub = true,
                                  .bit = bit};
            try_it(&trial, &successes);
        }
    assert_true(successes > 100);
}

static void the_rom_alone_is_mended_too(void **state)
{
    (void)state;
    static const enum fake_fault faults[] = {FAKE_LINE_LOSE, FAKE_LINE_DOUBLE,
                                             FAKE_LINE_RESET};
    unsigned successes = 0;
    unsigned trials = 0;
    for (size_t i = 0; i < 3; i++)
        for (uint64_t at = 50; at < 200000; at += 30011) {
            struct trial trial = {.fault = faults[i], .at = at};
            try_it(&trial, &successes);
            trials++;
        }
    assert_int_equal(successes, trials);
}

static void a_port_that_vanishes_costs_only_time(void **state)
{
    (void)state;
    for (uint64_t at = 1000; at < ENOUGH; at += 1000) {
        struct trial trial = {.fault = FAKE_LINE_VANISH,
                              .at = at,
                              .is_strict = true,
                              .has_stub = true};
        unsigned successes = 0;
        if (!try_it(&trial, &successes))
            return;
        assert_int_equal(successes, 0);
    }
    fail();
}

static void a_line_that_fails_every_few_kilobytes_is_enough(void **state)
{
    (void)state;
    static const enum fake_fault faults[] = {FAKE_LINE_LOSE, FAKE_LINE_FLIP};
    unsigned successes = 0;
    for (size_t i = 0; i < 2; i++) {
        struct trial trial = {.fault = faults[i],
                              .at = 5000,
                              .every = 12000,
                              .is_strict = true,
                              .has_stub = true};
        try_it(&trial, &successes);
    }
    assert_int_equal(successes, 2);
}

/* Worse and worse lines: in the end it gives up, with a reason. */
static void a_line_that_fails_again_and_again_is_told(void **state)
{
    (void)state;
    for (uint64_t every = 40000; every > 20; every /= 3)
        for (int fault = FAKE_LINE_LOSE; fault <= FAKE_LINE_RESET; fault++) {
            struct trial trial = {.fault = (enum fake_fault)fault,
                                  .to_host = fault == FAKE_LINE_DELAY,
                                  .at = every,
                                  .every = every,
                                  .is_strict = true,
                                  .has_stub = true};
            unsigned successes = 0;
            try_it(&trial, &successes);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_byte_is_mended),
        cmocka_unit_test(a_doubled_byte_is_mended),
        cmocka_unit_test(a_flipped_bit_is_mended),
        cmocka_unit_test(a_block_that_comes_damaged_is_sent_once_more),
        cmocka_unit_test(a_block_that_always_comes_damaged_ends_the_job),
        cmocka_unit_test(a_late_answer_is_not_taken_for_another),
        cmocka_unit_test(a_chip_that_restarts_is_brought_back),
        cmocka_unit_test(a_stub_without_checksums_is_seen_through),
        cmocka_unit_test(a_garbled_beginning_is_no_success),
        cmocka_unit_test(the_rom_alone_is_mended_too),
        cmocka_unit_test(a_port_that_vanishes_costs_only_time),
        cmocka_unit_test(a_line_that_fails_every_few_kilobytes_is_enough),
        cmocka_unit_test(a_line_that_fails_again_and_again_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
