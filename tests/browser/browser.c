/* SPDX-License-Identifier: Apache-2.0 */
#include "browser.h"
#include "cmocka_all.h"
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MS = 60000, TRIES = 600, TRY_MS = 100 };

static const char *find_program(void)
{
    static const char *const names[] = {
        "/usr/bin/chromium", "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome", "/usr/local/bin/chromium"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (access(names[i], X_OK) == 0)
            return names[i];
    return NULL;
}

bool browser_is_there(void)
{
    return find_program() != NULL;
}

/* --- the process
 * -------------------------------------------------------------- */

/* Commands come in on 3, answers go out on 4. */
static void run(const char *program, const char *profile, int in, int out)
{
    char folder[64];
    int high_in = fcntl(in, F_DUPFD, 10);
    int high_out = fcntl(out, F_DUPFD, 10);
    int nothing = open("/dev/null", O_WRONLY);
    dup2(high_in, 3);
    dup2(high_out, 4);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    snprintf(folder, sizeof(folder), "--user-data-dir=%s", profile);
    /* root has no sandbox, and tests show it only pages of our own. */
    const char *sandbox = geteuid() == 0 ? "--no-sandbox" : "--headless";
    execl(program, program, "--headless", sandbox, "--disable-gpu",
          "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
          "--remote-debugging-pipe", folder, "about:blank", (char *)NULL);
    _exit(127);
}

static void open_page(struct browser *browser)
{
    json_t *target = browser_command(browser, "Target.createTarget",
                                     json_pack("{s:s}", "url", "about:blank"));
    json_t *session = browser_command(
        browser, "Target.attachToTarget",
        json_pack("{s:O, s:b}", "targetId", json_object_get(target, "targetId"),
                  "flatten", true));
    snprintf(browser->session, sizeof(browser->session), "%s",
             json_string_value(json_object_get(session, "sessionId")));
    json_decref(session);
    json_decref(target);
    json_decref(browser_command(browser, "Page.enable", NULL));
}

void browser_open(struct browser *browser)
{
    int commands[2];
    int answers[2];
    *browser = (struct browser){.profile = "/tmp/otatool_browser_XXXXXX"};
    assert_non_null(mkdtemp(browser->profile));
    assert_int_equal(pipe2(commands, O_CLOEXEC), 0);
    assert_int_equal(pipe2(answers, O_CLOEXEC), 0);
    browser->pid = fork();
    assert_true(browser->pid >= 0);
    if (browser->pid == 0)
        run(find_program(), browser->profile, commands[0], answers[1]);
    close(commands[0]);
    close(answers[1]);
    browser->in = commands[1];
    browser->out = answers[0];
    open_page(browser);
}

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *walk)
{
    (void)st;
    (void)kind;
    (void)walk;
    return remove(path);
}

void browser_close(struct browser *browser)
{
    browser->session[0] = '\0';
    json_decref(browser_command(browser, "Browser.close", NULL));
    close(browser->in);
    close(browser->out);
    waitpid(browser->pid, NULL, 0);
    free(browser->buffer);
    (void)nftw(browser->profile, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- commands
 * ----------------------------------------------------------------- */

static void send_command(struct browser *browser, const char *method,
                         json_t *parameters)
{
    json_t *command =
        json_pack("{s:i, s:s}", "id", ++browser->last_id, "method", method);
    if (parameters)
        json_object_set_new(command, "params", parameters);
    if (browser->session[0])
        json_object_set_new(command, "sessionId",
                            json_string(browser->session));
    char *text = json_dumps(command, JSON_COMPACT);
    size_t size = strlen(text) + 1; /* the zero byte ends it */
    assert_int_equal(write(browser->in, text, size), size);
    free(text);
    json_decref(command);
}

static void read_more(struct browser *browser)
{
    struct pollfd fd = {.fd = browser->out, .events = POLLIN};
    if (browser->size == browser->capacity) {
        browser->capacity = 2 * browser->capacity + 65536;
        browser->buffer = realloc(browser->buffer, browser->capacity);
        assert_non_null(browser->buffer);
    }
    assert_int_equal(poll(&fd, 1, ANSWER_MS), 1);
    ssize_t size = read(browser->out, browser->buffer + browser->size,
                        browser->capacity - browser->size);
    assert_true(size > 0);
    browser->size += (size_t)size;
}

/* The next message, an answer or an event. */
static json_t *next_message(struct browser *browser)
{
    char *end;
    while (browser->size == 0 ||
           !(end = memchr(browser->buffer, '\0', browser->size)))
        read_more(browser);
    size_t length = (size_t)(end - browser->buffer) + 1;
    json_t *message = json_loads(browser->buffer, 0, NULL);
    assert_non_null(message);
    browser->size -= length;
    memmove(browser->buffer, browser->buffer + length, browser->size);
    return message;
}

json_t *browser_command(struct browser *browser, const char *method,
                        json_t *parameters)
{
    send_command(browser, method, parameters);
    for (;;) {
        json_t *message = next_message(browser);
        json_t *id = json_object_get(message, "id");
        if (!id || json_integer_value(id) != browser->last_id) {
            json_decref(message);
            continue;
        }
        json_t *result = json_incref(json_object_get(message, "result"));
        if (!result)
            print_error("%s is refused\n", method);
        assert_non_null(result);
        json_decref(message);
        return result;
    }
}

/* --- pages
 * -------------------------------------------------------------------- */

void browser_show(struct browser *browser, const char *url, int width,
                  int height)
{
    json_decref(browser_command(
        browser, "Emulation.setDeviceMetricsOverride",
        json_pack("{s:i, s:i, s:i, s:b}", "width", width, "height", height,
                  "deviceScaleFactor", 1, "mobile", width < 600)));
    json_decref(browser_command(browser, "Page.navigate",
                                json_pack("{s:s}", "url", url)));
    browser_wait(browser, "document.readyState === 'complete' && "
                          "location.protocol !== 'about:'");
}

char *browser_evaluate(struct browser *browser, const char *expression)
{
    char *wrapped;
    assert_true(asprintf(&wrapped, "String(%s)", expression) > 0);
    json_t *result = browser_command(browser, "Runtime.evaluate",
                                     json_pack("{s:s}", "expression", wrapped));
    const char *text = json_string_value(
        json_object_get(json_object_get(result, "result"), "value"));
    char *copy = strdup(text ? text : "an exception");
    json_decref(result);
    free(wrapped);
    return copy;
}

void browser_wait(struct browser *browser, const char *expression)
{
    const struct timespec pause = {0, TRY_MS * 1000000};
    for (int i = 0; i < TRIES; i++) {
        char *value = browser_evaluate(browser, expression);
        bool is_true = strcmp(value, "true") == 0;
        free(value);
        if (is_true)
            return;
        nanosleep(&pause, NULL);
    }
    fail_msg("never true: %s", expression);
}

static size_t decode(const char *text, unsigned char *bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = 0;
    unsigned bits = 0;
    unsigned count = 0;
    for (; *text && *text != '='; text++) {
        bits = bits << 6 | (unsigned)(strchr(digits, *text) - digits);
        count += 6;
        if (count >= 8)
            bytes[size++] = (unsigned char)(bits >> (count -= 8));
    }
    return size;
}

void browser_picture(struct browser *browser, const char *name)
{
    const char *folder = getenv("OTATOOL_SCREENSHOTS");
    char path[4096];
    if (!folder)
        return;
    json_t *result =
        browser_command(browser, "Page.captureScreenshot",
                        json_pack("{s:b}", "captureBeyondViewport", true));
    const char *data = json_string_value(json_object_get(result, "data"));
    unsigned char *bytes = malloc(strlen(data));
    snprintf(path, sizeof(path), "%s/%s.png", folder, name);
    FILE *file = fopen(path, "wbe");
    assert_non_null(file);
    fwrite(bytes, 1, decode(data, bytes), file);
    fclose(file);
    free(bytes);
    json_decref(result);
}
