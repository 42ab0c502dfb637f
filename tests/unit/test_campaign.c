/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns over toy devices whose losses are known. */
#include "cmocka_all.h"
#include "otatool/campaign.h"
#include "otatool/state_set.h"
#include <string.h>

enum { SIZE = 0x4000 };

/*
 * Sets a word in sector 0, then in sector 1, and is fine when it finds both,
 * or none. A careful one begins again when it finds one only.
 */
struct toy {
    bool is_careful;
    uint32_t starts;
};

static bool is_set(struct ota_chip *chip, uint32_t offset)
{
    uint32_t word = 1;
    return chip->flash.read(chip, offset, &word, 4, NULL) && word == 0;
}

static bool set(struct ota_chip *chip, uint32_t offset)
{
    const uint32_t word = 0;
    return chip->flash.write(chip, offset, &word, 4, NULL);
}

static enum ota_rehearsal_end power_on(void *context, struct ota_chip *chip)
{
    struct toy *toy = context;
    toy->starts++;
    ota_chip_power_on(chip);
    if (is_set(chip, 0) && is_set(chip, OTA_SECTOR_SIZE))
        return OTA_REHEARSAL_APP;
    if (is_set(chip, 0) && !toy->is_careful)
        return OTA_REHEARSAL_NO_IMAGE;
    return set(chip, 0) && set(chip, OTA_SECTOR_SIZE) ? OTA_REHEARSAL_APP
                                                      : OTA_REHEARSAL_HANGS;
}

static struct ota_campaign run(struct toy *toy, enum ota_cuts cuts)
{
    const struct ota_campaign_plan plan = {
        .cuts = cuts, .tears = 3, .runs = 50, .seed = 4};
    const struct ota_campaign_subject subject = {power_on, toy};
    struct ota_campaign campaign;
    struct ota_chip chip;
    assert_true(ota_chip_init(&chip, SIZE, NULL));
    uint64_t before = ota_chip_digest(&chip);
    assert_true(ota_campaign_run(&campaign, &plan, &subject, &chip, NULL));
    assert_true(ota_chip_digest(&chip) == before);
    ota_chip_release(&chip);
    return campaign;
}

static void a_careful_device_is_never_lost(void **state)
{
    static const enum ota_cuts all[] = {OTA_CUTS_ONE, OTA_CUTS_PAIRS,
                                        OTA_CUTS_ANY, OTA_CUTS_RANDOM};
    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct toy toy = {.is_careful = true};
        struct ota_campaign campaign = run(&toy, all[i]);
        assert_int_equal(campaign.lost, 0);
        assert_int_equal(campaign.step_count, 2);
        assert_int_equal(campaign.end, OTA_REHEARSAL_APP);
        assert_true(campaign.runs > 3);
        ota_campaign_release(&campaign);
    }
}

/* Before, half and behind of both, of which one behind is one before. */
static void contents_are_counted_once(void **state)
{
    struct toy toy = {.is_careful = true};
    (void)state;
    struct ota_campaign campaign = run(&toy, OTA_CUTS_ONE);
    assert_int_equal(campaign.states.count, 5);
    ota_campaign_release(&campaign);
}

static void a_loss_is_found_and_told(void **state)
{
    struct toy toy = {0};
    (void)state;
    struct ota_campaign campaign = run(&toy, OTA_CUTS_ONE);
    /* Behind the first and before the second are one content. */
    assert_int_equal(campaign.lost, 2);
    assert_int_equal(campaign.losses[0].depth, 1);
    assert_int_equal(campaign.losses[0].cuts[0].operation, 1);
    assert_int_equal(campaign.losses[0].end, OTA_REHEARSAL_NO_IMAGE);
    assert_int_equal(campaign.steps[0].lost, 1);
    assert_int_equal(campaign.steps[1].lost, 1);
    ota_campaign_release(&campaign);
}

/* The first cut, before anything, changes nothing; the second kills. */
static void a_second_cut_is_told_with_the_first(void **state)
{
    struct toy toy = {0};
    (void)state;
    struct ota_campaign campaign = run(&toy, OTA_CUTS_PAIRS);
    bool has_pair = false;
    for (uint32_t i = 0; i < campaign.loss_count; i++)
        has_pair |= campaign.losses[i].depth == 2;
    assert_true(has_pair);
    ota_campaign_release(&campaign);
}

static void a_seed_repeats_a_campaign(void **state)
{
    struct toy first = {0};
    struct toy second = {0};
    (void)state;
    struct ota_campaign one = run(&first, OTA_CUTS_RANDOM);
    struct ota_campaign two = run(&second, OTA_CUTS_RANDOM);
    assert_int_equal(first.starts, second.starts);
    assert_int_equal(one.lost, two.lost);
    assert_true(one.lost > 0);
    ota_campaign_release(&one);
    ota_campaign_release(&two);
}

/* With tears of chance there would be no end. */
static void any_number_of_cuts_comes_to_an_end(void **state)
{
    struct toy toy = {.is_careful = true};
    const struct ota_campaign_plan plan = {.cuts = OTA_CUTS_ANY, .tears = 50};
    const struct ota_campaign_subject subject = {power_on, &toy};
    struct ota_campaign campaign;
    struct ota_chip chip;
    (void)state;
    assert_true(ota_chip_init(&chip, SIZE, NULL));
    assert_true(ota_campaign_run(&campaign, &plan, &subject, &chip, NULL));
    assert_in_range(campaign.states.count, 5, 12);
    ota_campaign_release(&campaign);
    ota_chip_release(&chip);
}

static void a_set_keeps_the_greatest_depth(void **state)
{
    struct ota_state_set set = {0};
    struct ota_state_set other = {0};
    (void)state;
    for (uint64_t i = 0; i < 5000; i++)
        assert_true(ota_state_set_add(&set, i * 3, 1));
    assert_int_equal(set.count, 5000);
    assert_false(ota_state_set_add(&set, 3, 1));
    assert_true(ota_state_set_add(&set, 3, 2));
    assert_false(ota_state_set_add(&set, 3, 1));
    assert_true(ota_state_set_add(&other, 3, 0));
    assert_true(ota_state_set_add(&other, 4, 0));
    ota_state_set_merge(&set, &other);
    assert_int_equal(set.count, 5001);
    ota_state_set_release(&set);
    ota_state_set_release(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_careful_device_is_never_lost),
        cmocka_unit_test(contents_are_counted_once),
        cmocka_unit_test(a_loss_is_found_and_told),
        cmocka_unit_test(a_second_cut_is_told_with_the_first),
        cmocka_unit_test(a_seed_repeats_a_campaign),
        cmocka_unit_test(any_number_of_cuts_comes_to_an_end),
        cmocka_unit_test(a_set_keeps_the_greatest_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
