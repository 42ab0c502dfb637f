/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/catalog.h"
#include "otatool/file.h"
#include "scratch.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *path, const char *text)
{
    struct ota_error err;
    assert_true(ota_file_save(path, text, strlen(text), &err));
}

static int make_tree(void **state)
{
    (void)state;
    if (!scratch_enter())
        return -1;
    mkdir("root", 0755);
    mkdir("root/sub", 0755);
    put("secret", "secret");
    put("root/fw.bin", "firmware");
    put("root/sub/page.html", "<p>");
    put("root/.hidden", "hidden");
    put("root/a&<b>.bin", "odd name");
    put("root/ends..bin", "dots");
    put("root/empty.bin", "");
    return symlink("../secret", "root/out") | symlink("/etc", "root/etc") |
           symlink("fw.bin", "root/latest.bin") | symlink("loop", "root/loop") |
           mkfifo("root/fifo", 0644);
}

static struct ota_catalog *open_catalog(const char *path)
{
    struct ota_catalog *catalog;
    struct ota_error err;
    assert_true(ota_catalog_new(&catalog, path, &err));
    return catalog;
}

static void targets_lead_to_files_below_the_root_alone(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        unsigned status;
        const char *content;
    } cases[] = {
        {"/fw.bin", 200, "firmware"},
        {"fw.bin", 200, "firmware"},
        {"//fw.bin", 200, "firmware"},
        {"/fw.bin?version=1&x=../..", 200, "firmware"},
        {"/f%77.bin", 200, "firmware"},
        {"/sub//page.html", 200, "<p>"},
        {"http://host:8070/fw.bin", 200, "firmware"},
        {"HTTPS://host/fw.bin", 200, "firmware"},
        {"/latest.bin", 200, "firmware"},
        {"/a%26%3cb%3E.bin", 200, "odd name"},
        {"/ends..bin", 200, "dots"},
        {"/empty.bin", 200, ""},
        {"/none.bin", 404, NULL},
        {"/fw.bin/", 404, NULL},
        {"/fw.bin/x", 404, NULL},
        {"/.hidden", 404, NULL},
        {"/%2ehidden", 404, NULL},
        {"/./fw.bin", 404, NULL},
        {"/out", 404, NULL},
        {"/etc/passwd", 404, NULL},
        {"/etc", 404, NULL},
        {"/loop", 404, NULL},
        {"/fifo", 404, NULL},
        {"/../secret", 400, NULL},
        {"../secret", 400, NULL},
        {"/sub/../../secret", 400, NULL},
        {"/sub/..", 400, NULL},
        {"/%2e%2e/secret", 400, NULL},
        {"/%2E./secret", 400, NULL},
        {"/..%2fsecret", 400, NULL},
        {"/sub%2fpage.html", 400, NULL},
        {"/fw.bin%00evil", 400, NULL},
        {"/fw.bin%", 400, NULL},
        {"/fw.bin%4", 400, NULL},
        {"/fw.bin%zz", 400, NULL},
        {"/..\\secret", 404, NULL},
        {"/..;/secret", 404, NULL},
    };
    struct ota_catalog *catalog = open_catalog("root");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ota_catalog_entry *entry;
        print_message("%s\n", cases[i].target);
        unsigned status = ota_catalog_find(catalog, cases[i].target, &entry);
        assert_int_equal(status, cases[i].status);
        assert_int_equal(entry != NULL, cases[i].content != NULL);
        if (!entry)
            continue;
        assert_int_equal(entry->route.size, strlen(cases[i].content));
        assert_memory_equal(entry->data, cases[i].content, entry->route.size);
        ota_catalog_release(entry);
    }
    ota_catalog_free(catalog);
}

static void a_target_longer_than_any_path_is_not_found(void **state)
{
    (void)state;
    struct ota_catalog *catalog = open_catalog("root");
    struct ota_catalog_entry *entry;
    static char target[20000];
    memset(target, 'a', sizeof(target) - 1);
    assert_int_equal(ota_catalog_find(catalog, target, &entry), 404);
    ota_catalog_free(catalog);
}

static void types_follow_the_name(void **state)
{
    (void)state;
    struct ota_catalog *catalog = open_catalog("root");
    struct ota_catalog_entry *entry;
    assert_int_equal(ota_catalog_find(catalog, "fw.bin", &entry), 200);
    assert_string_equal(entry->route.type, "application/octet-stream");
    ota_catalog_release(entry);
    assert_int_equal(ota_catalog_find(catalog, "sub/page.html", &entry), 200);
    assert_string_equal(entry->route.type, "text/html; charset=utf-8");
    ota_catalog_release(entry);
    ota_catalog_free(catalog);
}

static void an_entry_keeps_its_bytes_when_the_file_changes(void **state)
{
    (void)state;
    struct ota_catalog *catalog = open_catalog("root");
    struct ota_catalog_entry *old;
    struct ota_catalog_entry *new;
    put("root/changing.bin", "first");
    assert_int_equal(ota_catalog_find(catalog, "changing.bin", &old), 200);
    int fd = open("root/changing.bin", O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, "other", 5), 5); /* in place, same length */
    close(fd);
    assert_int_equal(ota_catalog_find(catalog, "changing.bin", &new), 200);
    assert_memory_equal(old->data, "first", 5);
    assert_memory_equal(new->data, "other", 5);
    ota_catalog_free(catalog);
    assert_memory_equal(old->data, "first", 5);
    ota_catalog_release(old);
    ota_catalog_release(new);
}

static void an_unchanged_file_is_loaded_once(void **state)
{
    (void)state;
    struct ota_catalog *catalog = open_catalog("root");
    struct ota_catalog_entry *first;
    struct ota_catalog_entry *second;
    usleep(100 * 1000); /* the file must not be too young to trust */
    assert_int_equal(ota_catalog_find(catalog, "fw.bin", &first), 200);
    assert_int_equal(ota_catalog_find(catalog, "latest.bin", &second), 200);
    assert_ptr_equal(first, second);
    ota_catalog_release(first);
    ota_catalog_release(second);
    ota_catalog_free(catalog);
}

static bool holds(struct ota_catalog *catalog, const char *target,
                  const char *content)
{
    struct ota_catalog_entry *entry;
    if (ota_catalog_find(catalog, target, &entry) != 200)
        return !content;
    bool ok = content && entry->route.size == strlen(content) &&
              memcmp(entry->data, content, strlen(content)) == 0;
    ota_catalog_release(entry);
    return ok;
}

static void write_in_place(void)
{
    int fd = open("root/deep/er/fw.bin", O_WRONLY);
    assert_int_equal(pwrite(fd, "new", 3, 0), 3);
    close(fd);
}

static void replace(void)
{
    put("root/deep/er/fw.bin", "new");
}

static void delete (void)
{
    assert_int_equal(unlink("root/deep/er/fw.bin"), 0);
}

static void move_away(void)
{
    assert_int_equal(rename("root/deep/er/fw.bin", "root/away.bin"), 0);
}

static void swap_folders(void)
{
    assert_int_equal(rename("root/deep", "root/gone"), 0);
    assert_int_equal(rename("root/other", "root/deep"), 0);
}

static void replace_what_a_link_leads_to(void)
{
    put("root/aside/fw.bin", "new");
}

static void turn_a_link(void)
{
    assert_int_equal(symlink("../../other/er/fw.bin", "root/deep/er/next"), 0);
    assert_int_equal(rename("root/deep/er/next", "root/deep/er/fw.bin"), 0);
}

/* root/deep/er/fw.bin holds "old"; root/other/er/fw.bin "new". */
static void make_deep_tree(bool by_link)
{
    assert_int_equal(system("rm -rf root/deep root/other root/gone root/aside "
                            "&& mkdir -p root/deep/er root/other/er "
                            "root/aside"),
                     0);
    put("root/other/er/fw.bin", "new");
    put(by_link ? "root/aside/fw.bin" : "root/deep/er/fw.bin", "old");
    if (by_link)
        assert_int_equal(symlink("../../aside/fw.bin", "root/deep/er/fw.bin"),
                         0);
    usleep(100 * 1000); /* files must not be too young to trust */
}

static void whatever_changes_is_seen_after_a_look(void **state)
{
    static const struct {
        void (*change)(void);
        bool by_link;
        const char *then;
    } cases[] = {
        {write_in_place, false, "new"},
        {replace, false, "new"},
        {delete, false, NULL},
        {move_away, false, NULL},
        {swap_folders, false, "new"},
        {replace_what_a_link_leads_to, true, "new"},
        {turn_a_link, true, "new"},
        {swap_folders, true, "new"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_deep_tree(cases[i].by_link);
        struct ota_catalog *catalog = open_catalog("root");
        for (int times = 0; times < 3; times++) {
            ota_catalog_look(catalog);
            assert_true(holds(catalog, "/deep/er/fw.bin", "old"));
        }
        cases[i].change();
        ota_catalog_look(catalog);
        assert_true(holds(catalog, "/deep/er/fw.bin", cases[i].then));
        ota_catalog_free(catalog);
    }
}

/* Where nothing tells of a change, time does. */
static void a_known_file_is_not_opened_again_for_a_moment(void **state)
{
    bool was_known = false;
    (void)state;
    for (int attempt = 0; attempt < 20 && !was_known; attempt++) {
        make_deep_tree(false);
        struct ota_catalog *catalog = open_catalog("root");
        for (int times = 0; times < 3; times++)
            assert_true(holds(catalog, "/deep/er/fw.bin", "old"));
        replace();
        was_known = holds(catalog, "/deep/er/fw.bin", "old");
        usleep(1100 * 1000);
        assert_true(holds(catalog, "/deep/er/fw.bin", "new"));
        ota_catalog_free(catalog);
    }
    assert_true(was_known);
}

static void so_many_versions_as_a_year_brings_are_all_seen(void **state)
{
    (void)state;
    make_deep_tree(false);
    struct ota_catalog *catalog = open_catalog("root");
    for (int version = 0; version < 5000; version++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", version);
        int fd = open("root/deep/er/next", O_WRONLY | O_CREAT, 0644);
        assert_true(write(fd, text, strlen(text)) > 0);
        close(fd);
        assert_int_equal(rename("root/deep/er/next", "root/deep/er/fw.bin"), 0);
        ota_catalog_look(catalog);
        assert_true(holds(catalog, "/deep/er/fw.bin", text));
    }
    ota_catalog_free(catalog);
}

static void a_file_over_the_ceiling_is_refused(void **state)
{
    (void)state;
    struct ota_catalog *catalog = open_catalog("root");
    struct ota_catalog_entry *entry;
    put("root/huge.bin", "");
    assert_int_equal(truncate("root/huge.bin", OTA_FILE_CEILING + 1), 0);
    assert_int_equal(ota_catalog_find(catalog, "huge.bin", &entry), 403);
    ota_catalog_free(catalog);
    unlink("root/huge.bin");
}

static void a_listing_shows_names_escaped_and_hides_dot_files(void **state)
{
    (void)state;
    struct ota_catalog *catalog = open_catalog("root");
    struct ota_catalog_entry *entry;
    assert_int_equal(ota_catalog_find(catalog, "/", &entry), 200);
    char *page = strndup((const char *)entry->data, entry->route.size);
    assert_non_null(strstr(page, "href=\"/fw.bin\">fw.bin</a></td><td>8<"));
    assert_non_null(strstr(page, "href=\"/sub/\">sub/</a>"));
    assert_non_null(strstr(page, "href=\"/a%26%3Cb%3E.bin\""));
    assert_non_null(strstr(page, ">a&#38;&#60;b&#62;.bin</a>"));
    assert_null(strstr(page, "hidden"));
    assert_null(strstr(page, "fifo"));
    assert_non_null(strstr(page, ">latest.bin<"));
    assert_null(strstr(page, ">out<")); /* leads out of the root */
    assert_null(strstr(page, ">etc/<"));
    assert_null(strstr(page, "(up)"));
    free(page);
    ota_catalog_release(entry);
    ota_catalog_free(catalog);
}

static void a_listing_below_the_root_leads_up(void **state)
{
    (void)state;
    static const char *const targets[] = {"/sub", "/sub/"};
    struct ota_catalog *catalog = open_catalog("root");
    for (size_t i = 0; i < 2; i++) {
        struct ota_catalog_entry *entry;
        assert_int_equal(ota_catalog_find(catalog, targets[i], &entry), 200);
        char *page = strndup((const char *)entry->data, entry->route.size);
        assert_non_null(strstr(page, "<a href=\"/\">../ (up)</a>"));
        assert_non_null(strstr(page, "<a href=\"/sub/page.html\">"));
        free(page);
        ota_catalog_release(entry);
    }
    ota_catalog_free(catalog);
}

static void a_single_file_is_served_by_name_and_at_the_root(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        unsigned status;
    } cases[] = {
        {"/", 200},           {"", 200},         {"/fw.bin", 200},
        {"/ends..bin", 404},  {"/sub/", 404},    {"/../secret", 400},
        {"/fw.bin%00x", 400}, {"/fw.bin/", 404},
    };
    struct ota_catalog *catalog = open_catalog("root/fw.bin");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ota_catalog_entry *entry;
        assert_int_equal(ota_catalog_find(catalog, cases[i].target, &entry),
                         cases[i].status);
        ota_catalog_release(entry);
    }
    ota_catalog_free(catalog);
}

static void a_missing_root_is_named(void **state)
{
    (void)state;
    struct ota_catalog *catalog;
    struct ota_error err;
    assert_false(ota_catalog_new(&catalog, "none", &err));
    assert_int_equal(err.code, OTA_E_FILE_OPEN);
    assert_string_equal(err.subject, "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_lead_to_files_below_the_root_alone),
        cmocka_unit_test(a_target_longer_than_any_path_is_not_found),
        cmocka_unit_test(types_follow_the_name),
        cmocka_unit_test(an_entry_keeps_its_bytes_when_the_file_changes),
        cmocka_unit_test(an_unchanged_file_is_loaded_once),
        cmocka_unit_test(whatever_changes_is_seen_after_a_look),
        cmocka_unit_test(a_known_file_is_not_opened_again_for_a_moment),
        cmocka_unit_test(so_many_versions_as_a_year_brings_are_all_seen),
        cmocka_unit_test(a_file_over_the_ceiling_is_refused),
        cmocka_unit_test(a_listing_shows_names_escaped_and_hides_dot_files),
        cmocka_unit_test(a_listing_below_the_root_leads_up),
        cmocka_unit_test(a_single_file_is_served_by_name_and_at_the_root),
        cmocka_unit_test(a_missing_root_is_named),
    };
    return cmocka_run_group_tests(tests, make_tree, NULL);
}
