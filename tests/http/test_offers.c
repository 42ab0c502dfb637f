/* SPDX-License-Identifier: Apache-2.0 */
/* The right file for who asks, on one URL, and none where it might brick. */
#include "cmocka_all.h"
#include "fixture.h"
#include "otatool/digest.h"
#include "otatool/file.h"
#include "otatool/pack_file.h"
#include "sample_pack.h"
#include "scratch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { APP_AT = 0x6000 /* in the pack */, SKETCH = 0x1200 };

static struct fixture fixture;
static struct sample_pack sample;
static size_t asked;

#define OLD "Connection: close\r\n"
#define V3 "User-Agent: esp-idf/1.0 esp32\r\n"
#define HTTPS "User-Agent: ESP32 HTTP Client/1.0\r\n"
#define AGENT "User-Agent: otatool-agent\r\n"
#define ARDUINO "User-Agent: ESP8266-http-Update\r\nx-ESP8266-mode: sketch\r\n"
#define TASMOTA "x-ESP8266-version: 14.2.0(release-tasmota)\r\n"
#define TOOL "User-Agent: curl/7.88.1\r\n"

static void save(const char *path, const void *data, size_t size)
{
    struct ota_error err;
    assert_true(ota_file_save(path, data, size, &err));
}

static size_t app_size(void)
{
    return sample.size - APP_AT - OTA_PACK_CRC_SIZE;
}

/* A boot of one sector, then a sketch. */
static void save_sketch(const char *path)
{
    static uint8_t sketch[SKETCH];
    memset(sketch, 0xff, sizeof(sketch));
    sketch[0] = sketch[0x1000] = 0xe9;
    save(path, sketch, sizeof(sketch));
}

static int start(void **state)
{
    (void)state;
    if (!scratch_enter() || mkdir("root", 0755) < 0)
        return -1;
    sample_pack_init(&sample, 2);
    save("root/fw.v2_to_v3.ota.bin", sample.data, sample.size);
    save("root/fw.bin", sample.data + APP_AT, app_size());
    save("root/notes.txt", "notes", 5);
    save_sketch("root/sketch.bin");
    fixture_start(&fixture, 60 * 1000, 1000);
    asked = 0;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    sample_pack_release(&sample);
    return 0;
}

static struct answer get(const char *target, const char *lines)
{
    char request[1024];
    struct answer answer;
    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n",
             target, lines);
    ask(&fixture, request, &answer);
    asked++;
    return answer;
}

static void gets(const char *target, const char *lines, const void *data,
                 size_t size)
{
    struct answer answer = get(target, lines);
    print_message("%s %.30s\n", target, lines);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.size, size);
    assert_memory_equal(answer.body, data, size);
    answer_release(&answer);
}

static void gets_none(const char *target, const char *lines)
{
    struct answer answer = get(target, lines);
    print_message("%s %.30s\n", target, lines);
    assert_int_equal(answer.status, 404);
    answer_release(&answer);
}

static void gets_pack(const char *target, const char *lines)
{
    gets(target, lines, sample.data, sample.size);
}

static void gets_app(const char *target, const char *lines)
{
    gets(target, lines, sample.data + APP_AT, app_size());
}

static void gets_stamped(const char *target, const char *lines, uint8_t slot)
{
    struct answer answer = get(target, lines);
    struct ota_pack *pack = malloc(sizeof(*pack));
    struct ota_error err;
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.size, sample.size);
    assert_true(ota_pack_file_read(pack, answer.body, answer.size, &err));
    assert_int_equal(pack->crc, pack->crc_actual);
    assert_int_equal(answer.body[1], 3);
    assert_int_equal(answer.body[3], slot);
    assert_memory_equal(answer.body + APP_AT, sample.data + APP_AT, app_size());
    free(pack);
    answer_release(&answer);
}

static void the_pack_goes_to_old_devices_stamped_for_their_slot(void **state)
{
    (void)state;
    gets_stamped("/user1.bin", OLD, 1);
    gets_stamped("/user2.bin", OLD, 2);
    gets_stamped("user2.2048.new.5.bin", OLD, 2);
    gets_stamped("/user1.4096.new.6.bin", OLD, 1);
    gets_pack("fw.v2_to_v3.ota.bin", OLD);
    struct logged logged = fixture_logged(&fixture, 1);
    assert_string_equal(logged.family, "nonos");
    assert_string_equal(logged.file, "pack for user2");
}

static void one_url_serves_old_and_new(void **state)
{
    static const char *const urls[] = {"/update.bin", "/fw.v2_to_v3.ota.bin",
                                       "/fw.bin"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        gets_pack(urls[i] + 1, OLD); /* RTOS 2 asks without the slash */
        gets_app(urls[i], HTTPS);
        gets_none(urls[i], ARDUINO);
    }
    gets_app("/update.bin", AGENT);
    gets_pack("/update.bin", V3);
    gets_pack("/fw.v2_to_v3.ota.bin", V3);
    gets_app("/fw.bin", V3);
}

static void a_client_of_the_sdk_3_that_ranges_gets_the_app(void **state)
{
    (void)state;
    struct answer answer =
        get("/fw.v2_to_v3.ota.bin", HTTPS "Range: bytes=16-31\r\n");
    assert_int_equal(answer.status, 206);
    assert_memory_equal(answer.body, sample.data + APP_AT + 16, 16);
    char range[64];
    snprintf(range, sizeof(range), "bytes 16-31/%zu", app_size());
    assert_string_equal(answer_header(&answer, "Content-Range"), range);
    answer_release(&answer);
}

static void where_nothing_tells_the_answer_is_none(void **state)
{
    (void)state;
    gets_none("/update.bin", "");
    gets_none("/update.bin", TOOL);
    gets_none("/update.bin", TASMOTA);
    gets_none("/update.txt", HTTPS);
    gets_none("/user1.bin", TOOL);
}

static void people_get_what_they_name(void **state)
{
    (void)state;
    gets_pack("/fw.v2_to_v3.ota.bin", TOOL);
    gets_app("/fw.bin", TOOL);
    gets_pack("/fw.v2_to_v3.ota.bin", "");
    gets("/notes.txt", OLD, "notes", 5);
}

static void a_pack_that_would_lose_devices_is_not_offered(void **state)
{
    uint8_t *bad = malloc(sample.size);
    (void)state;
    memcpy(bad, sample.data, sample.size);
    bad[100] ^= 1; /* the bootloader's checksum is wrong now */
    ota_pack_file_seal(bad, sample.size);
    save("root/fw.v2_to_v3.ota.bin", bad, sample.size);
    free(bad);
    gets_none("/user2.bin", OLD);
    gets_none("update.bin", OLD);
}

static void two_packs_are_one_too_many(void **state)
{
    (void)state;
    save("root/other.bin", sample.data, sample.size);
    gets_none("/user2.bin", OLD);
    gets_app("/update.bin", HTTPS);
}

static void a_sketch_goes_to_arduino_alone(void **state)
{
    (void)state;
    assert_int_equal(unlink("root/fw.v2_to_v3.ota.bin"), 0);
    assert_int_equal(unlink("root/fw.bin"), 0);
    gets_none("sketch.bin", OLD);
    gets_none("/sketch.bin", HTTPS);
    gets_none("/user1.bin", OLD);
}

static void a_user_image_goes_to_its_slot_alone(void **state)
{
    static uint8_t image[4096] = {0xea, 4, 0, 1};
    (void)state;
    save("root/user1.bin", image, sizeof(image));
    save("root/user2.bin", image, sizeof(image));
    gets("/user1.bin", OLD, image, sizeof(image));
    gets_stamped("/user2.bin", OLD, 2); /* what is on offer */
    assert_int_equal(unlink("root/fw.v2_to_v3.ota.bin"), 0);
    gets_none("/user2.bin", OLD);
}

static void the_old_cloud_is_answered(void **state)
{
    static const char path[] =
        "/v1/device/rom/?action=download_rom&version=v9.99&filename=user%d.bin";
    char target[128];
    (void)state;
    struct answer answer = get("/v1/device/rom/?is_format_simple=true",
                               "Authorization: token 0\r\n");
    assert_int_equal(answer.status, 200);
    assert_non_null(
        strstr((char *)answer.body, "recommended_rom_version\": \"v9.99\""));
    answer_release(&answer);
    for (uint8_t slot = 1; slot <= 2; slot++) {
        snprintf(target, sizeof(target), path, slot);
        gets_stamped(target, OLD, slot);
    }
}

/* One build of AT firmware closes, another waits for the server to. */
static void the_old_cloud_closes_after_a_moment(void **state)
{
    struct answer answer;
    (void)state;
    int fd = fixture_connect(&fixture, 0);
    send_text(fd, "GET /v1/device/rom/?is_format_simple=true HTTP/1.0\r\n"
                  "Connection: keep-alive\r\n\r\n");
    read_answer(fd, true, &answer);
    answer_release(&answer);
    char byte;
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
    assert_true(is_at_end(fd));
    close(fd);
}

static void arduino_is_answered_as_it_expects(void **state)
{
    struct ota_file file;
    struct ota_error err;
    uint8_t digest[OTA_MD5_SIZE];
    char md5[33];
    char lines[256];
    (void)state;
    assert_true(ota_file_load(&file, "root/sketch.bin", 65536, &err));
    ota_md5(file.data, file.size, digest);
    ota_hex(digest, sizeof(digest), md5);
    usleep(100 * 1000); /* by then it is one that may be kept */
    struct answer answer = get("/sketch.bin", ARDUINO);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_header(&answer, "x-MD5"), md5);
    answer_release(&answer);
    snprintf(lines, sizeof(lines),
             ARDUINO "Connection: close\r\nx-ESP8266-sketch-md5: %s\r\n", md5);
    answer = get("/sketch.bin", lines);
    assert_int_equal(answer.status, 304);
    assert_null(answer_header(&answer, "ETag"));
    answer_release(&answer);
    answer = get("/sketch.bin", "User-Agent: curl/7\r\nIf-None-Match: *\r\n");
    assert_int_equal(answer.status, 304);
    assert_non_null(answer_header(&answer, "ETag"));
    answer_release(&answer);
    gets("/sketch.bin.md5", "User-Agent: ESPHome/2024.6\r\n", md5, 32);
    gets_pack("sketch.bin", OLD);
    gets_app("/sketch.bin", HTTPS);
    answer = get("/sketch.bin.gz", TASMOTA);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body[0], 0x1f);
    assert_int_equal(answer.body[1], 0x8b);
    answer_release(&answer);
    gets_none("/fw.bin.gz", TASMOTA);
    gets_none("/sketch-minimal.bin", TASMOTA);
    ota_file_release(&file);
}

static void who_resumes_a_changed_file_blindly_is_stopped(void **state)
{
    (void)state;
    struct answer answer = get("/notes.txt", TOOL);
    answer_release(&answer);
    save("root/notes.txt", "other", 5);
    answer = get("/notes.txt", TOOL "Range: bytes=2-\r\n");
    assert_int_equal(answer.status, 412);
    answer_release(&answer);
    gets("/notes.txt", TOOL, "other", 5); /* from the start */
    answer = get("/notes.txt", TOOL "Range: bytes=2-\r\n");
    assert_int_equal(answer.status, 206);
    answer_release(&answer);
    answer = get("/notes.txt", TOOL "Range: bytes=0-1\r\n");
    assert_int_equal(answer.status, 206);
    answer_release(&answer);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        CASE(the_pack_goes_to_old_devices_stamped_for_their_slot),
        CASE(one_url_serves_old_and_new),
        CASE(a_client_of_the_sdk_3_that_ranges_gets_the_app),
        CASE(where_nothing_tells_the_answer_is_none),
        CASE(people_get_what_they_name),
        CASE(a_pack_that_would_lose_devices_is_not_offered),
        CASE(two_packs_are_one_too_many),
        CASE(a_sketch_goes_to_arduino_alone),
        CASE(a_user_image_goes_to_its_slot_alone),
        CASE(the_old_cloud_is_answered),
        CASE(the_old_cloud_closes_after_a_moment),
        CASE(arduino_is_answered_as_it_expects),
        CASE(who_resumes_a_changed_file_blindly_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
