/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/file.h"
#include "scratch.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int enter_scratch_folder(void **state)
{
    (void)state;
    return scratch_enter() ? 0 : -1;
}

static void what_was_saved_is_loaded(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_file file;
    assert_true(ota_file_save("a.bin", "hello", 5, &err));
    assert_true(ota_file_load(&file, "a.bin", 5, &err));
    assert_int_equal(file.size, 5);
    assert_memory_equal(file.data, "hello", 5);
    ota_file_release(&file);
    ota_file_release(&file);
}

static void a_file_over_the_ceiling_is_refused_unread(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_file file;
    int fd = open("sparse.bin", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(ftruncate(fd, (off_t)4 << 30), 0);
    close(fd);
    assert_false(ota_file_load(&file, "sparse.bin", OTA_FILE_CEILING, &err));
    assert_int_equal(err.code, OTA_E_FILE_TOO_LARGE);
    assert_null(file.data);
}

static void an_endless_device_is_refused(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_file file;
    assert_false(ota_file_load(&file, "/dev/zero", 100000, &err));
    assert_int_equal(err.code, OTA_E_FILE_TOO_LARGE);
}

static void a_directory_is_no_file(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_file file;
    assert_false(ota_file_load(&file, ".", 100, &err));
    assert_int_equal(err.code, OTA_E_FILE_IS_DIRECTORY);
    assert_false(ota_file_save(".", "x", 1, &err));
    assert_int_equal(err.code, OTA_E_FILE_IS_DIRECTORY);
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_file file;
    assert_false(ota_file_load(&file, "none.bin", 100, &err));
    assert_int_equal(err.code, OTA_E_FILE_OPEN);
    assert_string_equal(err.subject, "none.bin");
}

static void a_full_disk_is_reported_and_survives(void **state)
{
    (void)state;
    struct ota_error err;
    assert_false(ota_file_save("/dev/full", "x", 1, &err));
    assert_int_equal(err.code, OTA_E_FILE_WRITE);
    struct stat st;
    assert_int_equal(stat("/dev/full", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

static void a_failed_save_leaves_no_litter(void **state)
{
    (void)state;
    struct ota_error err;
    assert_false(ota_file_save("nodir/a.bin", "x", 1, &err));
    assert_int_equal(err.code, OTA_E_FILE_WRITE);
    assert_int_equal(access("nodir", F_OK), -1);
}

static void saving_through_a_link_keeps_the_link(void **state)
{
    (void)state;
    struct ota_error err;
    struct stat st;
    assert_true(ota_file_save("real.bin", "old", 3, &err));
    assert_int_equal(symlink("real.bin", "link.bin"), 0);
    assert_true(ota_file_save("link.bin", "new!", 4, &err));
    assert_int_equal(lstat("link.bin", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat("real.bin", &st), 0);
    assert_int_equal(st.st_size, 4);
}

static void an_output_that_is_an_input_is_refused(void **state)
{
    (void)state;
    struct ota_error err;
    assert_true(ota_file_save("in.bin", "x", 1, &err));
    assert_int_equal(link("in.bin", "same.bin"), 0);
    assert_false(ota_file_differ("same.bin", "./in.bin", &err));
    assert_int_equal(err.code, OTA_E_OUTPUT_IS_INPUT);
    assert_true(ota_file_differ("other.bin", "in.bin", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_saved_is_loaded),
        cmocka_unit_test(a_file_over_the_ceiling_is_refused_unread),
        cmocka_unit_test(an_endless_device_is_refused),
        cmocka_unit_test(a_directory_is_no_file),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(a_full_disk_is_reported_and_survives),
        cmocka_unit_test(a_failed_save_leaves_no_litter),
        cmocka_unit_test(saving_through_a_link_keeps_the_link),
        cmocka_unit_test(an_output_that_is_an_input_is_refused),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
