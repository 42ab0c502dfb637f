/* SPDX-License-Identifier: Apache-2.0 */
/* A device that erases its flash in the middle of a download takes no byte for
 * 25 seconds. In its real length, with time-outs as they are by default. */
#include "cmocka_all.h"
#include "fixture.h"
#include "scratch.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIZE = 400 * 1024, WINDOW = 4096, ERASING_S = 26, CLIENTS = 3 };

static struct fixture fixture;
static uint8_t firmware[SIZE];

static const char *const requests[CLIENTS] = {
    "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n\r\n",
    /* An old client. */
    "GET /fw.bin HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n",
    "GET /fw.bin HTTP/1.0\r\nHost: x\r\n\r\n",
};

static int enter_scratch_folder(void **state)
{
    (void)state;
    return fixture_offer(firmware, SIZE) ? 0 : -1;
}

static int waiting_in(int fd)
{
    int size;
    assert_int_equal(ioctl(fd, FIONREAD, &size), 0);
    return size;
}

static void a_device_that_erases_gets_its_file(void **state)
{
    int fds[CLIENTS];
    int before[CLIENTS];
    (void)state;
    fixture_start_with(&fixture, &(struct ota_server_options){0});
    for (int i = 0; i < CLIENTS; i++) {
        char byte;
        fds[i] = fixture_connect(&fixture, WINDOW);
        send_text(fds[i], requests[i]);
        assert_int_equal(recv(fds[i], &byte, 1, MSG_PEEK), 1);
    }
    sleep(1); /* until the window is full */
    for (int i = 0; i < CLIENTS; i++)
        before[i] = waiting_in(fds[i]);
    sleep(ERASING_S);
    for (int i = 0; i < CLIENTS; i++) {
        struct answer answer;
        assert_int_equal(waiting_in(fds[i]), before[i]); /* it was closed */
        read_answer(fds[i], true, &answer);
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.size, SIZE);
        assert_memory_equal(answer.body, firmware, SIZE);
        answer_release(&answer);
        close(fds[i]);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        struct logged logged = fixture_logged(&fixture, i);
        assert_int_equal(logged.end, OTA_SERVER_COMPLETE);
        assert_true(logged.duration_ms >= ERASING_S * 1000);
    }
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_that_erases_gets_its_file),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
