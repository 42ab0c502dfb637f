/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of events that the status page follows. */
#include "cmocka_all.h"
#include "fixture.h"
#include "otatool/file.h"
#include "scratch.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 200 * 1000 };

#define ASK "GET /status/events HTTP/1.1\r\nHost: localhost\r\n\r\n"

static struct fixture fixture;
static uint8_t firmware[SIZE];

static int enter_scratch_folder(void **state)
{
    struct ota_error err;
    (void)state;
    return scratch_enter() && mkdir("root", 0755) == 0 &&
                   ota_file_save("root/fw.bin", firmware, SIZE, &err)
               ? 0
               : -1;
}

static void start(struct ota_server_options options)
{
    options.service.status = OTA_AUDIENCE_LOCAL;
    fixture_start_with(&fixture, &options);
}

/* Without chunks, so that the stream is all there is. */
static int open_events(void)
{
    struct answer answer;
    int fd = fixture_connect(&fixture, 0);
    send_text(fd, "GET /status/events HTTP/1.0\r\nHost: localhost\r\n\r\n");
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_header(&answer, "Content-Type"),
                        "text/event-stream; charset=utf-8");
    assert_null(answer_header(&answer, "Content-Length"));
    return fd;
}

/* The next frame: one line of data and an empty one. */
static json_t *read_event(int fd)
{
    char frame[8192];
    size_t size = 0;
    while (size < 2 || memcmp(frame + size - 2, "\n\n", 2) != 0) {
        assert_true(size < sizeof(frame) - 1);
        assert_int_equal(read(fd, frame + size, 1), 1);
        size++;
    }
    frame[size - 2] = '\0';
    assert_memory_equal(frame, "data: ", 6);
    assert_null(strchr(frame, '\n'));
    json_t *event = json_loads(frame + 6, 0, NULL);
    assert_non_null(event);
    return event;
}

static json_int_t number_in(const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);
    assert_true(json_is_integer(number));
    return json_integer_value(number);
}

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    assert_non_null(text);
    return text;
}

static void events_follow_a_download(void **state)
{
    json_int_t sent = -1;
    json_int_t id = 0;
    bool has_rate = false;
    (void)state;
    start((struct ota_server_options){.rate_per_download = SIZE / 4});
    int viewer = open_events();
    json_t *event = read_event(viewer);
    assert_int_equal(number_in(event, "shown"), 0);
    json_decref(event);
    int device = fixture_connect(&fixture, 0);
    send_text(device,
              "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n\r\n");
    for (int i = 0; i < 3; i++) {
        event = read_event(viewer);
        json_t *downloads = json_object_get(event, "downloads");
        assert_int_equal(json_array_size(downloads), 1);
        const json_t *download = json_array_get(downloads, 0);
        assert_string_equal(text_in(download, "client"), "127.0.0.1");
        assert_string_equal(text_in(download, "target"), "/fw.bin");
        assert_string_equal(text_in(download, "family"), "tool");
        assert_int_equal(number_in(download, "asked"), SIZE);
        assert_true(number_in(download, "sent") > sent);
        assert_true(i == 0 || number_in(download, "id") == id);
        sent = number_in(download, "sent");
        id = number_in(download, "id");
        has_rate |= number_in(download, "rate") > 0;
        json_decref(event);
    }
    assert_true(has_rate && sent < SIZE);
    close(device); /* breaks off */
    json_int_t failed = 0;
    for (int i = 0; i < 10 && !failed; i++) {
        event = read_event(viewer);
        failed = number_in(event, "failed");
        if (failed)
            assert_string_equal(
                text_in(json_array_get(json_object_get(event, "failures"), 0),
                        "end"),
                "client closed");
        json_decref(event);
    }
    assert_int_equal(failed, 1);
    close(viewer);
    fixture_stop(&fixture);
}

/* Viewers must not take the connections that devices need. */
static void viewers_are_few(void **state)
{
    enum { VIEWERS = 16 };
    int fds[VIEWERS];
    struct answer answer;
    (void)state;
    start((struct ota_server_options){0});
    for (int i = 0; i < VIEWERS; i++)
        fds[i] = open_events();
    ask(&fixture, ASK, &answer);
    assert_int_equal(answer.status, 503);
    assert_string_equal(answer_header(&answer, "Retry-After"), "30");
    answer_release(&answer);
    close(fds[0]);
    for (int i = 0; answer.status == 503; i++) {
        assert_true(i < 500);
        usleep(10 * 1000);
        int fd = fixture_connect(&fixture, 0);
        send_text(fd, ASK);
        read_answer(fd, false, &answer);
        close(fd);
    }
    for (int i = 1; i < VIEWERS; i++)
        close(fds[i]);
    fixture_stop(&fixture);
}

static void a_stop_ends_the_events(void **state)
{
    (void)state;
    start((struct ota_server_options){.grace_ms = 60 * 1000});
    int viewer = open_events();
    json_decref(read_event(viewer));
    fixture_stop(&fixture); /* does not wait for viewers */
    assert_true(is_at_end(viewer));
    close(viewer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_follow_a_download),
        cmocka_unit_test(viewers_are_few),
        cmocka_unit_test(a_stop_ends_the_events),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
