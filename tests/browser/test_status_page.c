/* SPDX-License-Identifier: Apache-2.0 */
/* The page of running downloads in a real browser. */
#include "browser.h"
#include "cmocka_all.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_SKIP = 77, DESKTOP = 1280, PHONE = 360 };

/* status_serve, with so many downloads. */
struct serving {
    pid_t pid;
    int life; /* it ends when this is closed */
    char url[64];
};

static struct browser browser;

static void serve(struct serving *serving, const char *downloads)
{
    int life[2];
    int said[2];
    assert_int_equal(pipe2(life, O_CLOEXEC), 0);
    assert_int_equal(pipe2(said, O_CLOEXEC), 0);
    serving->pid = fork();
    if (serving->pid == 0) {
        dup2(life[0], STDIN_FILENO);
        dup2(said[1], STDOUT_FILENO);
        execl(STATUS_SERVE, STATUS_SERVE, downloads, (char *)NULL);
        _exit(127);
    }
    close(life[0]);
    close(said[1]);
    serving->life = life[1];
    FILE *text = fdopen(said[0], "r");
    assert_int_equal(fscanf(text, "%40s", serving->url), 1);
    fclose(text);
    strcat(serving->url, "status");
}

static void end(struct serving *serving)
{
    close(serving->life);
    waitpid(serving->pid, NULL, 0);
}

static void expect(const char *expression, const char *expected)
{
    char *value = browser_evaluate(&browser, expression);
    print_message("%s\n", expression);
    assert_string_equal(value, expected);
    free(value);
}

#define TIME "document.getElementById('time').textContent"
#define IS_LIVE "document.getElementById('state').textContent === 'Live.'"
#define SHOWN(selector)                                                        \
    "document.querySelector('" selector "').checkVisibility()"

static void the_page_changes_by_itself(void **state)
{
    (void)state;
    struct serving serving;
    serve(&serving, "6");
    browser_show(&browser, serving.url, DESKTOP, 900);
    browser_wait(&browser, IS_LIVE);
    free(browser_evaluate(&browser,
                          "window.before = [" TIME
                          ", document.querySelector('#running progress').value,"
                          " document.querySelector('#running span')"
                          ".textContent]"));
    browser_wait(&browser, TIME " > before[0]");
    browser_wait(&browser, "document.querySelector('#running progress').value "
                           "!== before[1]");
    browser_wait(&browser,
                 "document.querySelector('#running span').textContent "
                 "!== before[2]");
    expect("document.querySelectorAll('#running tr').length", "6");
    expect("document.querySelectorAll('#failed tr').length", "6");
    expect(SHOWN("noscript"), "false");
    browser_picture(&browser, "desktop");
    end(&serving);
}

static void a_pause_holds_the_page(void **state)
{
    (void)state;
    struct serving serving;
    serve(&serving, "2");
    browser_show(&browser, serving.url, DESKTOP, 900);
    browser_wait(&browser, IS_LIVE);
    free(
        browser_evaluate(&browser, "document.getElementById('pause').click()"));
    expect("document.getElementById('pause').ariaPressed", "true");
    free(browser_evaluate(&browser, "window.before = " TIME));
    browser_wait(&browser, "latest.time > before"); /* events go on */
    expect(TIME " === before", "true");
    free(
        browser_evaluate(&browser, "document.getElementById('pause').click()"));
    expect("document.getElementById('pause').ariaPressed", "false");
    expect(TIME " > before", "true");
    end(&serving);
}

static void what_clients_sent_stays_text(void **state)
{
    (void)state;
    struct serving serving;
    serve(&serving, "2");
    browser_show(&browser, serving.url, DESKTOP, 900);
    browser_wait(&browser, IS_LIVE);
    free(browser_evaluate(&browser, "window.before = " TIME));
    browser_wait(&browser, TIME " > before");
    expect("document.title", "otatool: downloads");
    expect("document.querySelectorAll('img').length", "0");
    expect("document.querySelectorAll('script').length", "1");
    expect("document.querySelectorAll('#running tr')[1].cells[3].textContent"
           ".startsWith('/<script>')",
           "true");
    end(&serving);
}

static void no_width_makes_it_scroll_sideways(void **state)
{
    (void)state;
    static const int widths[] = {320, PHONE, 600, 831, 840, DESKTOP, 2560};
    struct serving serving;
    serve(&serving, "6");
    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        browser_show(&browser, serving.url, widths[i], 800);
        browser_wait(&browser, IS_LIVE);
        expect("document.documentElement.scrollWidth <= innerWidth", "true");
        expect("innerWidth < 600 || document.querySelector('#running tr')"
               ".offsetHeight < 400",
               "true");
    }
    end(&serving);
}

/* How often a role is in the tree that screen readers see, and with a name. */
static size_t count_role(const json_t *tree, const char *role, bool is_named)
{
    size_t count = 0;
    size_t i;
    json_t *node;
    json_array_foreach(json_object_get(tree, "nodes"), i, node)
    {
        const char *is = json_string_value(
            json_object_get(json_object_get(node, "role"), "value"));
        const char *name = json_string_value(
            json_object_get(json_object_get(node, "name"), "value"));
        if (is && strcmp(is, role) == 0 &&
            !json_is_true(json_object_get(node, "ignored")) &&
            (!is_named || (name && *name)))
            count++;
    }
    return count;
}

static void a_screen_reader_finds_tables_at_any_width(void **state)
{
    (void)state;
    static const int widths[] = {PHONE, DESKTOP};
    struct serving serving;
    serve(&serving, "6");
    for (size_t i = 0; i < 2; i++) {
        browser_show(&browser, serving.url, widths[i], 800);
        browser_wait(&browser, IS_LIVE);
        json_decref(browser_command(&browser, "Accessibility.enable", NULL));
        json_t *tree =
            browser_command(&browser, "Accessibility.getFullAXTree", NULL);
        assert_int_equal(count_role(tree, "table", true), 2);
        assert_int_equal(count_role(tree, "row", false), 2 + 6 + 6);
        assert_int_equal(count_role(tree, "columnheader", true), 14);
        assert_int_equal(count_role(tree, "cell", false), 7 * 12);
        assert_int_equal(count_role(tree, "progressbar", true), 6);
        assert_int_equal(count_role(tree, "main", false), 1);
        assert_int_equal(count_role(tree, "status", false), 1);
        assert_int_equal(count_role(tree, "button", true), 1);
        json_decref(tree);
    }
    end(&serving);
}

static void on_a_phone_each_cell_names_itself(void **state)
{
    (void)state;
    struct serving serving;
    serve(&serving, "3");
    browser_show(&browser, serving.url, PHONE, 740);
    browser_wait(&browser, IS_LIVE);
    expect("getComputedStyle(document.querySelector('#running td'), '::before')"
           ".content",
           "\"Client\"");
    expect("document.getElementById('pause').offsetHeight >= 44", "true");
    browser_picture(&browser, "phone");
    end(&serving);
}

static void press_tab(void)
{
    json_decref(
        browser_command(&browser, "Input.dispatchKeyEvent",
                        json_pack("{s:s, s:s, s:i}", "type", "keyDown", "key",
                                  "Tab", "windowsVirtualKeyCode", 9)));
}

static void a_keyboard_is_enough(void **state)
{
    (void)state;
    struct serving serving;
    serve(&serving, "1");
    browser_show(&browser, serving.url, DESKTOP, 800);
    browser_wait(&browser, IS_LIVE);
    press_tab();
    browser_wait(&browser, "document.activeElement.className === 'skip'");
    expect("document.activeElement.getBoundingClientRect().left >= 0", "true");
    press_tab();
    browser_wait(&browser, "document.activeElement.id === 'pause'");
    end(&serving);
}

static void without_downloads_it_says_so(void **state)
{
    (void)state;
    struct serving serving;
    serve(&serving, "0");
    browser_show(&browser, serving.url, PHONE, 740);
    expect(SHOWN("#running"), "false");
    expect(SHOWN("section:first-child .none"), "true");
    expect(SHOWN("section:last-child .none"), "false");
    end(&serving);
}

static void allow_scripts(bool is_allowed)
{
    json_decref(browser_command(&browser,
                                "Emulation.setScriptExecutionDisabled",
                                json_pack("{s:b}", "value", !is_allowed)));
}

static void without_scripts_it_is_a_plain_table(void **state)
{
    (void)state;
    struct serving serving;
    serve(&serving, "6");
    allow_scripts(false);
    browser_show(&browser, serving.url, DESKTOP, 900);
    expect("document.querySelectorAll('#running tr').length", "6");
    expect(SHOWN("noscript p"), "true");
    expect(SHOWN("#pause"), "false");
    browser_picture(&browser, "no-script");
    allow_scripts(true);
    end(&serving);
}

static void a_lost_connection_is_said(void **state)
{
    (void)state;
    struct serving serving;
    serve(&serving, "2");
    browser_show(&browser, serving.url, DESKTOP, 900);
    browser_wait(&browser, IS_LIVE);
    end(&serving);
    browser_wait(&browser, "document.getElementById('state').textContent === "
                           "'The connection is lost; trying again.'");
}

static void the_dark_has_its_own_colours(void **state)
{
    (void)state;
    struct serving serving;
    serve(&serving, "4");
    json_decref(
        browser_command(&browser, "Emulation.setEmulatedMedia",
                        json_pack("{s:[{s:s, s:s}]}", "features", "name",
                                  "prefers-color-scheme", "value", "dark")));
    browser_show(&browser, serving.url, DESKTOP, 900);
    browser_wait(&browser, IS_LIVE);
    expect("getComputedStyle(document.body).backgroundColor",
           "rgb(13, 17, 23)");
    browser_picture(&browser, "dark");
    end(&serving);
}

static int open_all(void **state)
{
    (void)state;
    browser_open(&browser);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    browser_close(&browser);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_changes_by_itself),
        cmocka_unit_test(a_pause_holds_the_page),
        cmocka_unit_test(what_clients_sent_stays_text),
        cmocka_unit_test(no_width_makes_it_scroll_sideways),
        cmocka_unit_test(a_screen_reader_finds_tables_at_any_width),
        cmocka_unit_test(on_a_phone_each_cell_names_itself),
        cmocka_unit_test(a_keyboard_is_enough),
        cmocka_unit_test(without_downloads_it_says_so),
        cmocka_unit_test(without_scripts_it_is_a_plain_table),
        cmocka_unit_test(a_lost_connection_is_said),
        cmocka_unit_test(the_dark_has_its_own_colours),
    };
    if (!browser_is_there()) {
        print_message("no Chromium is installed: skipped\n");
        return EXIT_SKIP;
    }
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, open_all, close_all);
}
