/* SPDX-License-Identifier: Apache-2.0 */
#include "../../src/server/health.h"
#include "cmocka_all.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/otatool_health_XXXXXX";

static void a_folder_and_a_file_that_can_be_read_are_well(void **state)
{
    (void)state;
    char file[64];
    snprintf(file, sizeof(file), "%s/a.bin", folder);
    close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    assert_int_equal(health_check(folder, false), HEALTH_WELL);
    assert_int_equal(health_check(file, false), HEALTH_WELL);
    unlink(file);
    assert_int_equal(health_check(file, false), HEALTH_FOLDER);
}

static void a_folder_that_is_gone_is_not_well(void **state)
{
    (void)state;
    char inner[64];
    snprintf(inner, sizeof(inner), "%s/inner", folder);
    assert_int_equal(mkdir(inner, 0755), 0);
    assert_int_equal(health_check(inner, false), HEALTH_WELL);
    rmdir(inner);
    assert_int_equal(health_check(inner, false), HEALTH_FOLDER);
}

static void who_may_not_read_the_folder_is_not_well(void **state)
{
    (void)state;
    if (geteuid() == 0)
        assert_int_equal(seteuid(65534), 0);
    static const char *const unreadable[] = {"/root", "/etc/shadow",
                                             "/proc/1/fd"};
    for (size_t i = 0; i < sizeof(unreadable) / sizeof(unreadable[0]); i++)
        if (access(unreadable[i], F_OK) == 0)
            assert_int_equal(health_check(unreadable[i], false), HEALTH_FOLDER);
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
}

/* Its names can be listed, but none be opened. */
static void a_folder_that_cannot_be_entered_is_not_well(void **state)
{
    (void)state;
    assert_int_equal(chmod(folder, 0444), 0);
    if (geteuid() == 0)
        assert_int_equal(seteuid(65534), 0);
    assert_int_equal(health_check(folder, false), HEALTH_FOLDER);
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(folder, 0755), 0);
}

/* With so many descriptors left to be opened. */
static enum health check_with(rlim_t left)
{
    struct rlimit before;
    struct rlimit now;
    int lowest = dup(0);
    assert_true(lowest >= 0);
    close(lowest);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    now = before;
    now.rlim_cur = (rlim_t)lowest + left;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    enum health health = health_check(folder, false);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    return health;
}

static void without_descriptors_it_is_not_well(void **state)
{
    (void)state;
    assert_int_equal(check_with(0), HEALTH_DESCRIPTORS);
    assert_int_equal(check_with(HEALTH_RESERVE), HEALTH_DESCRIPTORS);
    assert_int_equal(check_with(HEALTH_RESERVE + 1), HEALTH_WELL);
}

static void asking_leaves_nothing_open(void **state)
{
    (void)state;
    int before = dup(0);
    close(before);
    for (int i = 0; i < 10; i++)
        (void)health_check(folder, false);
    int after = dup(0);
    close(after);
    assert_int_equal(before, after);
}

static void a_stopping_server_wants_no_more_devices(void **state)
{
    (void)state;
    assert_int_equal(health_check(folder, true), HEALTH_STOPPING);
    assert_int_equal(health_status(HEALTH_WELL), 200);
    for (int i = HEALTH_WELL + 1; i < HEALTH_COUNT; i++)
        assert_int_equal(health_status((enum health)i), 503);
}

static void the_words_are_a_line_without_paths(void **state)
{
    (void)state;
    for (int i = 0; i < HEALTH_COUNT; i++) {
        const char *words = health_words((enum health)i);
        assert_non_null(words);
        assert_ptr_equal(strchr(words, '\n'), words + strlen(words) - 1);
        assert_null(strchr(words, '/'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_and_a_file_that_can_be_read_are_well),
        cmocka_unit_test(a_folder_that_is_gone_is_not_well),
        cmocka_unit_test(who_may_not_read_the_folder_is_not_well),
        cmocka_unit_test(a_folder_that_cannot_be_entered_is_not_well),
        cmocka_unit_test(without_descriptors_it_is_not_well),
        cmocka_unit_test(asking_leaves_nothing_open),
        cmocka_unit_test(a_stopping_server_wants_no_more_devices),
        cmocka_unit_test(the_words_are_a_line_without_paths),
    };
    if (!mkdtemp(folder) || chmod(folder, 0755) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
