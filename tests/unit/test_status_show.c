/* SPDX-License-Identifier: Apache-2.0 */
#include "../../src/server/status_files.h"
#include "../../src/server/status_show.h"
#include "cmocka_all.h"
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVIL "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&\n\xff"

static unsigned begin(struct status *status,
                      const struct ota_server_transfer *transfer,
                      uint64_t now_ms)
{
    status_begin(status);
    return status_show(status, transfer, now_ms);
}

/* Two downloads, one by somebody evil, and a failure. */
static struct status_view *sample(void)
{
    static struct status_view view;
    struct status *status = status_new();
    struct ota_server_transfer transfer = {.began = 1700000000,
                                           .client = "192.0.2.7",
                                           .target = "/user1.bin",
                                           .family = "nonos",
                                           .file = "pack for user1",
                                           .status = 200,
                                           .asked = 409600};
    status_progress(status, begin(status, &transfer, 0), 174080);
    transfer.target = transfer.reason = EVIL;
    unsigned ticket = begin(status, &transfer, 0);
    status_end(status, begin(status, &transfer, 0), &transfer);
    transfer.end = OTA_SERVER_CLIENT_CLOSED;
    status_end(status, begin(status, &transfer, 0), &transfer);
    status_progress(status, ticket, 1);
    status_look(status, 2000, &view);
    view.now = 1700000002;
    status_free(status);
    return &view;
}

static char *page_of(const struct status_view *view)
{
    size_t size;
    char *page = status_page(view, &size);
    assert_non_null(page);
    assert_int_equal(strlen(page), size);
    return page;
}

static size_t count(const char *text, const char *what)
{
    size_t found = 0;
    for (; (text = strstr(text, what)); text += strlen(what))
        found++;
    return found;
}

/* --- tags --------------------------------------------------------------------
 */

static bool is_void(const char *name)
{
    static const char *const names[] = {"meta", "link", "br", "img", "input"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* The next tag at or behind *text, without < and >; NULL: no more. */
static const char *next_tag(const char **text)
{
    static char tag[512];
    const char *begin = strchr(*text, '<');
    if (!begin)
        return NULL;
    if (strncmp(begin, "<!--", 4) == 0) {
        *text = strstr(begin, "-->") + 3;
        return next_tag(text);
    }
    const char *end = strchr(begin, '>');
    assert_non_null(end);
    size_t size = (size_t)(end - begin) - 1;
    assert_true(size < sizeof(tag));
    memcpy(tag, begin + 1, size);
    tag[size] = '\0';
    *text = end + 1;
    return tag;
}

static void every_tag_is_closed_in_its_turn(void **state)
{
    (void)state;
    char *page = page_of(sample());
    char open[32][16];
    size_t depth = 0;
    const char *at = page;
    for (const char *tag; (tag = next_tag(&at));) {
        char name[16];
        size_t length = strcspn(tag, " \n");
        assert_true(length > 0 && length < sizeof(name));
        snprintf(name, sizeof(name), "%.*s", (int)length, tag);
        if (name[0] == '/') {
            assert_true(depth > 0);
            assert_string_equal(open[--depth], name + 1);
        } else if (name[0] != '!' && !is_void(name)) {
            assert_true(depth < 32);
            strcpy(open[depth++], name);
        }
    }
    assert_int_equal(depth, 0);
    free(page);
}

/* The value of an attribute of a tag, or NULL. */
static const char *attribute(const char *tag, const char *name)
{
    static char value[256];
    char wanted[32];
    snprintf(wanted, sizeof(wanted), " %s=\"", name);
    const char *at = strstr(tag, wanted);
    if (!at)
        return NULL;
    at += strlen(wanted);
    snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\""), at);
    return value;
}

static void names_that_are_referred_to_exist(void **state)
{
    (void)state;
    char *page = page_of(sample());
    const char *at = page;
    size_t references = 0;
    for (const char *tag; (tag = next_tag(&at));) {
        const char *name = attribute(tag, "aria-labelledby");
        const char *link = attribute(tag, "href");
        if (!name && link && link[0] == '#')
            name = link + 1;
        if (!name)
            continue;
        char wanted[512];
        snprintf(wanted, sizeof(wanted), " id=\"%s\"", name);
        assert_int_equal(count(page, wanted), 1);
        references++;
    }
    assert_true(references >= 5);
    free(page);
}

/* Else the policy the page is served with would break it. */
static void all_comes_from_the_server_itself(void **state)
{
    (void)state;
    char *page = page_of(sample());
    const char *at = page;
    for (const char *tag; (tag = next_tag(&at));) {
        const char *source = attribute(tag, "src");
        const char *link = attribute(tag, "href");
        const char *from = source ? source : link ? link : "";
        assert_null(strstr(from, "//"));
        assert_null(attribute(tag, "style"));
        for (const char *space = tag; (space = strchr(space, ' ')); space++)
            assert_int_not_equal(strncmp(space, " on", 3), 0);
    }
    assert_int_equal(count(page, "<script"), 1);
    assert_int_equal(count(page, "<script src=\"status/script.js\" defer>"), 1);
    assert_int_equal(count(page, "<style"), 0);
    assert_null(strstr(status_js, "innerHTML"));
    assert_null(strstr(status_js, "http"));
    assert_null(strstr(status_css, "url("));
    free(page);
}

/* --- what people need --------------------------------------------------------
 */

static void the_page_is_made_for_everybody(void **state)
{
    (void)state;
    static const char *const once[] = {
        "<!DOCTYPE html>\n",
        "<html lang=\"en\">",
        "<meta charset=\"utf-8\">",
        "content=\"width=device-width, initial-scale=1\"",
        "<title>otatool: downloads</title>",
        "<h1>",
        "<main>",
        "<noscript>",
        "<time id=\"time\">2023-11-14T22:13:22Z</time>",
        "<strong id=\"summary\">2 running, 1 completed, 1 failed</strong>",
        "role=\"status\"",
        "aria-pressed=\"false\"",
        "<progress max=\"100\" aria-label=\"Download of 192.0.2.7\" "
        "value=\"42\"></progress> <span>42 %</span>",
        ">170 of 400 KB</td>",
        ">client closed</td>",
    };
    char *page = page_of(sample());
    for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
        print_message("%s\n", once[i]);
        assert_int_equal(count(page, once[i]), 1);
    }
    assert_int_equal(count(page, "<table role=\"table\" aria-labelledby="), 2);
    free(page);
}

/* On a phone a cell names itself, so its label is that of its column; and
 * the script makes the same cells. */
static void each_cell_is_labelled_as_its_column(void **state)
{
    (void)state;
    char *page = page_of(sample());
    char heads[16][32];
    size_t columns = 0;
    size_t cell = 0;
    size_t rows = 0;
    const char *at = page;
    for (const char *tag; (tag = next_tag(&at));) {
        if (strncmp(tag, "thead", 5) == 0)
            columns = 0;
        if (strncmp(tag, "th ", 3) == 0) {
            char key[64];
            char *head = heads[columns++];
            snprintf(head, 32, "%.*s", (int)strcspn(at, "<"), at);
            snprintf(key, sizeof(key), "\n    %s: (", head);
            assert_true(count(status_js, key) >= 1);
        }
        if (strncmp(tag, "td ", 3) == 0)
            assert_string_equal(attribute(tag, "data-label"), heads[cell++]);
        if (strcmp(tag, "/tr") == 0 && cell > 0) {
            assert_int_equal(cell, columns);
            cell = 0;
            rows++;
        }
    }
    assert_int_equal(rows, 3);
    free(page);
}

static void without_downloads_the_tables_are_empty(void **state)
{
    (void)state;
    static const struct status_view nothing = {.now = 1700000000};
    char *page = page_of(&nothing);
    assert_int_equal(count(page, "<td"), 0);
    assert_non_null(strstr(page, "0 running, 0 completed, 0 failed"));
    assert_non_null(strstr(page, "No download is running."));
    free(page);
}

static void downloads_that_are_not_shown_are_said(void **state)
{
    (void)state;
    struct status_view *view = sample();
    view->running = 10000;
    char *page = page_of(view);
    assert_non_null(strstr(page, "10000 running, 1 completed, 1 failed; "
                                 "the first 2 are shown<"));
    free(page);
}

static void an_answer_that_refuses_is_not_shown_as_complete(void **state)
{
    (void)state;
    static struct status_view view;
    struct status *status = status_new();
    struct ota_server_transfer refused = {.status = 404};
    status_refused(status, &refused);
    status_look(status, 0, &view);
    char *page = page_of(&view);
    assert_int_equal(count(page, ">refused</td>"), 1);
    assert_int_equal(count(page, ">complete</td>"), 0);
    free(page);
    status_free(status);
}

static void progress_ends_at_a_hundred_percent(void **state)
{
    (void)state;
    static const struct {
        uint64_t sent;
        uint64_t size;
        const char *expected;
    } cases[] = {{0, 1000, ">0 %<"},      {999, 1000, ">99 %<"},
                 {1000, 1000, ">100 %<"}, {1001, 1000, ">100 %<"},
                 {0, 0, ">0 %<"},         {5, 0, ">0 %<"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static struct status_view view = {.download_count = 1};
        view.downloads[0].sent = cases[i].sent;
        view.downloads[0].what.size = cases[i].size;
        char *page = page_of(&view);
        assert_int_equal(count(page, cases[i].expected), 1);
        free(page);
    }
}

static void text_of_clients_stays_text(void **state)
{
    (void)state;
    char *page = page_of(sample());
    assert_int_equal(count(page, "alert(1)"), 3);
    assert_int_equal(count(page, "&#60;script&#62;alert(1)"), 3);
    assert_int_equal(count(page, "<img"), 0);
    assert_int_equal(count(page, "\xff"), 0);
    free(page);
}

/* --- colours
 * ------------------------------------------------------------------ */

static double luminance(unsigned colour)
{
    static const double weights[] = {0.0722, 0.7152, 0.2126};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double c = (colour >> 8 * i & 255) / 255.0;
        sum += weights[i] *
               (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

/* The n-th colour of that name: light, then dark. */
static unsigned colour(const char *name, int n)
{
    unsigned value;
    const char *at = status_css;
    for (int i = 0; i <= n; i++)
        at = strstr(at, name) + strlen(name);
    assert_int_equal(sscanf(at, ": #%6x;", &value), 1);
    return value;
}

/* WCAG 2: 4.5 to 1 for text. */
static void text_stands_out_from_the_paper(void **state)
{
    (void)state;
    static const char *const inks[] = {"--ink", "--soft", "--accent"};
    for (int dark = 0; dark < 2; dark++)
        for (size_t i = 0; i < 3; i++) {
            double one = luminance(colour(inks[i], dark)) + 0.05;
            double other = luminance(colour("--paper", dark)) + 0.05;
            assert_true((one > other ? one / other : other / one) >= 4.5);
        }
}

/* --- for programs
 * -------------------------------------------------------------- */

static void an_event_is_one_line_of_json(void **state)
{
    (void)state;
    size_t size;
    char *event = status_event(sample(), &size);
    assert_int_equal(strlen(event), size);
    assert_int_equal(strncmp(event, "data: {", 7), 0);
    assert_ptr_equal(strchr(event, '\n'), event + size - 2);
    assert_string_equal(event + size - 3, "}\n\n");
    json_t *root = json_loadb(event + 6, size - 8, 0, NULL);
    assert_non_null(root);
    assert_int_equal(json_integer_value(json_object_get(root, "running")), 2);
    json_t *first = json_array_get(json_object_get(root, "downloads"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "client")),
                        "192.0.2.7");
    assert_int_equal(json_integer_value(json_object_get(first, "sent")),
                     174080);
    assert_int_equal(json_integer_value(json_object_get(first, "rate")), 87040);
    json_t *failure = json_array_get(json_object_get(root, "failures"), 0);
    assert_string_equal(json_string_value(json_object_get(failure, "end")),
                        "client closed");
    json_decref(root);
    free(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tag_is_closed_in_its_turn),
        cmocka_unit_test(names_that_are_referred_to_exist),
        cmocka_unit_test(all_comes_from_the_server_itself),
        cmocka_unit_test(the_page_is_made_for_everybody),
        cmocka_unit_test(each_cell_is_labelled_as_its_column),
        cmocka_unit_test(without_downloads_the_tables_are_empty),
        cmocka_unit_test(downloads_that_are_not_shown_are_said),
        cmocka_unit_test(an_answer_that_refuses_is_not_shown_as_complete),
        cmocka_unit_test(progress_ends_at_a_hundred_percent),
        cmocka_unit_test(text_of_clients_stays_text),
        cmocka_unit_test(text_stands_out_from_the_paper),
        cmocka_unit_test(an_event_is_one_line_of_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
