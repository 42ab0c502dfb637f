/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the bytes are handed to the kernel, which old devices depend on: they
 * judge a file by its first bytes when those come with the header. send and
 * sendmsg of this program stand in front of the C library's.
 */
#include "cmocka_all.h"
#include "fixture.h"
#include "otatool/file.h"
#include "scratch.h"
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct fixture fixture;
static _Atomic size_t with_header; /* bytes sent in one call with a header */
static _Atomic int header_flags;

static void notice(const void *data, size_t length, size_t size, int flags)
{
    if (length < 8 || memcmp(data, "HTTP/1.1", 8) != 0)
        return;
    with_header = size;
    header_flags = flags;
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    notice(data, size, size, flags);
    return syscall(SYS_sendto, fd, data, size, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    size_t size = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        size += message->msg_iov[i].iov_len;
    notice(message->msg_iov[0].iov_base, message->msg_iov[0].iov_len, size,
           flags);
    return syscall(SYS_sendmsg, fd, message, flags);
}

static int start(void **state)
{
    (void)state;
    if (!scratch_enter() || mkdir("root", 0755) < 0)
        return -1;
    fixture_start(&fixture, 60 * 1000, 10 * 1000);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void the_header_of_a_whole_file_leaves_alone(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 1000, 400000, 1000003};
    static const uint8_t data[1000003];
    int fd = fixture_connect(&fixture, 0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct answer answer;
        struct ota_error err;
        assert_true(ota_file_save("root/fw.bin", data, sizes[i], &err));
        send_text(fd, "GET /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n");
        read_answer(fd, true, &answer);
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.size, sizes[i]);
        assert_int_equal(with_header, strlen(answer.header));
        assert_int_equal(header_flags & MSG_MORE, 0);
        answer_release(&answer);
    }
    close(fd);
}

/* Whoever closes behind the answer is sent to without the library. */
static void it_does_so_before_the_end_of_a_connection_too(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 1000, 400000, 1000003};
    static uint8_t data[1000003];
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 2654435761 >> 13);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct answer answer;
        struct ota_error err;
        char byte;
        int fd = fixture_connect(&fixture, 0);
        assert_true(ota_file_save("root/fw.bin", data, sizes[i], &err));
        send_text(fd, "GET /fw.bin HTTP/1.0\r\n\r\n");
        read_answer(fd, true, &answer);
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.size, sizes[i]);
        assert_memory_equal(answer.body, data, sizes[i]);
        assert_int_equal(with_header, strlen(answer.header));
        assert_int_equal(recv(fd, &byte, 1, 0), 0);
        answer_release(&answer);
        close(fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_of_a_whole_file_leaves_alone),
        cmocka_unit_test(it_does_so_before_the_end_of_a_connection_too),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
