/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The port to the real SDK, on a board that stands in for it: the same
 * sources, over the host's sockets to a server of another process.
 */
#include "agent_fixture.h"
#include "cmocka_all.h"
#include "nasty_server.h"
#include "otatool/boot_mark.h"
#include "otatool/old_rf.h"
#include "otatool_update.h"
#include "port.h"
#include "sdk_board.h"
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 3 * 4096, STEP = 5000, P = 0xfc000, PHY = 0x6000 };
enum { MAP = 2 }; /* 512+512@1M */

struct device {
    struct agent_fixture fixture;
    struct nasty_server server;
    struct otatool_update update;
    enum agent_result result; /* by ended */
    struct ota_error err;
    uint32_t ends;
};

/* --- making ------------------------------------------------------------- */

static void put_boot(uint32_t offset, const char *text, uint32_t size,
                     uint8_t map)
{
    static uint8_t bytes[0x3000];
    static uint8_t built[0x4000];
    struct ota_image_part part = {0x40100000, bytes, size};
    struct ota_image_plan plan = {.mode = OTA_FLASH_DIO,
                                  .size_frequency = (uint8_t)(map << 4),
                                  .entry = 0x40100000,
                                  .parts = &part,
                                  .part_count = 1,
                                  .segment_count = 1};
    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes + 64, text, strlen(text));
    assert_true(ota_image_build(&plan, 0, built, sizeof(built), NULL));
    nor_flash_put(sdk_board()->nor, offset, built,
                  ota_image_built_size(&plan, 0));
}

static void put_old_boot(uint8_t map)
{
    put_boot(0, "2nd boot version : 1.6", 512, map);
}

static void put_our_boot(uint32_t offset)
{
    put_boot(offset, OTA_BOOT_MARK, 8000, MAP);
}

static void note_end(void *context, enum agent_result result,
                     const struct ota_error *err)
{
    struct device *device = context;
    device->result = result;
    device->err = *err;
    device->ends++;
}

/* It runs ota_0; the server has an app linked for the slot link. */
static void init(struct device *device, enum nasty_mode mode, uint32_t link)
{
    static char path[64];
    struct agent_fixture *fixture = &device->fixture;
    agent_fixture_init(fixture, &agent_world_1m, 0, agent_world_1m.slots[link],
                       SIZE);
    *sdk_board() = (struct sdk_board){
        .nor = &fixture->world.nor,
        .running = {.address = agent_world_1m.slots[0]},
        .phy = {.address = PHY, .size = OTA_SECTOR_SIZE},
        .table_offset = agent_world_1m.table,
    };
    nasty_start(&device->server, mode, fixture->new, fixture->new_size, STEP);
    unsigned int port;
    assert_int_equal(
        sscanf(device->server.url, "http://127.0.0.1:%u%63s", &port, path), 2);
    device->update = (struct otatool_update){.server = "127.0.0.1",
                                             .port = (uint16_t)port,
                                             .path = path,
                                             .ended = note_end,
                                             .context = device};
    device->ends = 0;
}

static void release(struct device *device)
{
    nasty_stop(&device->server);
    agent_fixture_release(&device->fixture);
}

/* --- updating ----------------------------------------------------------- */

static void an_update_comes_over_sockets(void **state)
{
    static const enum nasty_mode modes[] = {NASTY_GOOD, NASTY_CUTS,
                                            NASTY_FAILS_TWICE, NASTY_BUSY};
    (void)state;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct device device;
        init(&device, modes[i], 1);
        assert_true(otatool_update_start(&device.update));
        assert_int_equal(device.ends, 1);
        assert_int_equal(device.result, AGENT_UPDATED);
        assert_int_equal(sdk_board()->ended_tasks, 1);
        assert_int_equal(sdk_board()->restarts, 0); /* ended decides */
        agent_fixture_expect_new(&device.fixture);
        release(&device);
    }
}

/* Only where our bootloader is there to end it. */
static void a_trial_needs_our_bootloader(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        struct device device;
        struct ota_otadata otadata;
        init(&device, NASTY_GOOD, 1);
        sdk_board()->on_trial = i % 2;
        if (i / 2)
            put_our_boot(0);
        assert_true(otatool_update_start(&device.update));
        assert_int_equal(device.result, AGENT_UPDATED);
        struct ota_source source = ota_flash_source(&sdk_board()->nor->flash);
        assert_true(
            ota_otadata_parse(&otadata, &source, agent_world_1m.otadata, NULL));
        int newest = ota_otadata_newest(&otadata);
        assert_int_equal(otadata.copies[newest].state,
                         i == 3 ? (uint32_t)OTA_OTADATA_NEW
                                : OTA_OTADATA_UNDEFINED);
        release(&device);
    }
}

static void what_no_update_is_changes_nothing(void **state)
{
    static const enum nasty_mode modes[] = {NASTY_MISSING, NASTY_GARBAGE,
                                            NASTY_EMPTY};
    (void)state;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct device device;
        init(&device, modes[i], 1);
        assert_true(otatool_update_start(&device.update));
        assert_int_equal(device.result, AGENT_FAILED);
        assert_int_not_equal(device.err.code, OTA_OK);
        agent_fixture_expect_untouched(&device.fixture);
        release(&device);
    }
}

static void a_server_that_is_not_there_is_given_up(void **state)
{
    struct device device;
    struct ota_error err;
    (void)state;
    init(&device, NASTY_GOOD, 1);
    nasty_stop(&device.server);
    assert_int_equal(otatool_update_run(&device.update, &err), AGENT_FAILED);
    assert_int_equal(err.code, OTA_E_UPDATE_GIVEN_UP);
    agent_fixture_expect_untouched(&device.fixture);
    agent_fixture_release(&device.fixture);
}

static void without_ended_a_new_app_is_started(void **state)
{
    struct device device;
    (void)state;
    init(&device, NASTY_GOOD, 1);
    device.update.ended = NULL;
    assert_true(otatool_update_start(&device.update));
    assert_int_equal(sdk_board()->restarts, 1);
    release(&device);
    init(&device, NASTY_MISSING, 1);
    device.update.ended = NULL;
    assert_true(otatool_update_start(&device.update));
    assert_int_equal(sdk_board()->restarts, 0);
    release(&device);
}

static void without_memory_for_a_task_it_does_not_start(void **state)
{
    struct device device;
    (void)state;
    init(&device, NASTY_GOOD, 1);
    sdk_board()->has_no_memory = true;
    assert_false(otatool_update_start(&device.update));
    assert_int_equal(device.ends, 0);
    release(&device);
}

static void the_defaults_are_as_configured(void **state)
{
    struct otatool_update update = otatool_update_defaults();
    (void)state;
    assert_string_equal(update.server, "192.168.0.3");
    assert_int_equal(update.port, 8070);
    assert_string_equal(update.path, "/hello_world.v2_to_v3.ota.bin");
    assert_null(update.ended);
}

/* --- which bootloader copies -------------------------------------------- */

static void an_app_for_ota_0_is_taken_where_our_boot_copies_it(void **state)
{
    static const uint32_t none = 1;
    static const uint32_t places[] = {none, 0, OTA_SECTOR_SIZE};
    (void)state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct device device;
        struct ota_error err;
        init(&device, NASTY_GOOD, 0);
        if (places[i] == OTA_SECTOR_SIZE)
            put_old_boot(MAP);
        if (places[i] != none)
            put_our_boot(places[i]);
        enum agent_result result = otatool_update_run(&device.update, &err);
        if (places[i] == none) {
            assert_int_equal(result, AGENT_FAILED);
            assert_int_equal(err.code, OTA_E_UPDATE_LINK);
        } else
            assert_int_equal(result, AGENT_UPDATED);
        release(&device);
    }
}

static void remains_of_our_boot_behind_another_do_not_count(void **state)
{
    struct device device;
    struct ota_flash flash;
    (void)state;
    init(&device, NASTY_GOOD, 0);
    flash = port_flash();
    put_old_boot(MAP);
    put_our_boot(OTA_SECTOR_SIZE);
    assert_true(port_bootloader_is_ours(&flash));
    put_boot(0, "some other", 5000, MAP); /* by a cable */
    assert_false(port_bootloader_is_ours(&flash));
    put_our_boot(2 * OTA_SECTOR_SIZE);
    assert_false(port_bootloader_is_ours(&flash));
    release(&device);
}

static void the_copying_bootloader_of_the_sdk_is_not_trusted(void **state)
{
    struct device device;
    struct ota_error err;
    (void)state;
    init(&device, NASTY_GOOD, 1);
    sdk_board()->sdk_boot_copies = 1;
    assert_int_equal(otatool_update_run(&device.update, &err), AGENT_FAILED);
    assert_int_equal(err.code, OTA_E_UPDATE_SLOT);
    agent_fixture_expect_untouched(&device.fixture);
    put_our_boot(0); /* ours, whatever the project says */
    assert_int_equal(otatool_update_run(&device.update, &err), AGENT_UPDATED);
    release(&device);
}

/* --- what the old SDK left ---------------------------------------------- */

static void put_old_rf(uint32_t parameters)
{
    uint8_t data[OTA_OLD_RF_SIZE] = {5, 8, 4, 2};
    nor_flash_put(sdk_board()->nor, parameters, data, sizeof(data));
}

static void rf_data_are_loaded_where_that_is_wanted(void **state)
{
    struct device device;
    struct ota_error err;
    struct nor_flash *nor = &device.fixture.world.nor;
    (void)state;
    init(&device, NASTY_GOOD, 1);
    put_old_rf(P);
    assert_true(otatool_update_prepare(&err)); /* not wanted */
    sdk_board()->old_rf = 1;
    assert_true(otatool_update_prepare(&err)); /* never had an old SDK */
    assert_int_equal(nor->data[PHY], 0xff);
    put_old_boot(MAP);
    assert_true(otatool_update_prepare(&err));
    assert_memory_equal(nor->data + PHY, "PHYINIT\0\5\10\4\2", 12);
    uint32_t operations = nor->operations;
    assert_true(otatool_update_prepare(&err));
    assert_int_equal(nor->operations, operations);
    release(&device);
}

static void rf_data_without_source_or_place_are_told(void **state)
{
    struct device device;
    struct ota_error err;
    (void)state;
    init(&device, NASTY_GOOD, 1);
    put_old_boot(MAP);
    sdk_board()->old_rf = 1;
    assert_false(otatool_update_prepare(&err));
    assert_int_equal(err.code, OTA_E_OLD_RF);
    put_old_rf(P);
    sdk_board()->phy.size = 0;
    assert_false(otatool_update_prepare(&err));
    assert_int_equal(err.code, OTA_E_OLD_RF);
    release(&device);
}

static void put_old_ap(uint32_t parameters, const char *name,
                       const char *password)
{
    uint8_t settings[0x334] = {[0x13c] = 1, [0x140] = (uint8_t)strlen(name)};
    memcpy(settings + 0x144, name, strlen(name));
    memcpy(settings + 0x164, password, strlen(password));
    nor_flash_put(sdk_board()->nor, parameters + OTA_SECTOR_SIZE, settings,
                  sizeof(settings));
}

static void the_original_access_point_is_used_where_wanted(void **state)
{
    static const char key[] = "0123456789abcdef0123456789abcdef"
                              "0123456789abcdef0123456789abcdef";
    struct device device;
    wifi_config_t config;
    (void)state;
    init(&device, NASTY_GOOD, 1);
    put_old_ap(P, "home", key);
    sdk_board()->old_ap = 1;
    assert_false(otatool_update_access_point(&config)); /* no old boot */
    put_old_boot(MAP);
    assert_true(otatool_update_access_point(&config));
    assert_string_equal((const char *)config.sta.ssid, "home");
    assert_memory_equal(config.sta.password, key, sizeof(config.sta.password));
    sdk_board()->old_ap = 0;
    assert_false(otatool_update_access_point(&config));
    assert_string_equal((const char *)config.sta.ssid, "myssid");
    assert_string_equal((const char *)config.sta.password, "mypassword");
    release(&device);
}

/* The flash of the old map, the project for 1 MB: one pack is for all maps. */
static void what_lies_beyond_the_configured_size_is_found(void **state)
{
    static const uint8_t maps[] = {MAP, 3, 4, 5, 6, 8, 9};
    (void)state;
    for (size_t i = 0; i < sizeof(maps); i++) {
        const struct ota_flash_map *map = ota_flash_map_by_code(maps[i]);
        uint32_t parameters = ota_flash_map_parameters(map);
        struct nor_flash nor;
        struct ota_error err;
        wifi_config_t config;
        nor_flash_init(&nor, map->flash_size);
        *sdk_board() = (struct sdk_board){
            .nor = &nor,
            .configured_size = 0x100000,
            .phy = {.address = PHY, .size = OTA_SECTOR_SIZE},
            .old_ap = 1,
            .old_rf = 1,
        };
        put_old_boot(maps[i]);
        put_old_ap(parameters, "home", "secret");
        put_old_rf(parameters);
        assert_true(otatool_update_access_point(&config));
        assert_string_equal((const char *)config.sta.ssid, "home");
        assert_true(otatool_update_prepare(&err));
        assert_memory_equal(nor.data + PHY, "PHYINIT\0\5\10\4\2", 12);
        assert_int_equal(sdk_board()->critical, 0);
        nor_flash_release(&nor);
    }
}

/* --- the tables --------------------------------------------------------- */

static void flash_errors_are_told(void **state)
{
    struct device device;
    struct ota_error err;
    uint32_t word = 0;
    (void)state;
    init(&device, NASTY_GOOD, 1);
    struct ota_flash flash = port_flash();
    assert_int_equal(flash.size, agent_world_1m.flash_size);
    assert_false(ota_flash_read(&flash, flash.size, &word, 4, &err));
    assert_false(ota_flash_write(&flash, flash.size - 2, &word, 4, &err));
    sdk_board()->nor->failing_at = sdk_board()->nor->operations + 1;
    assert_false(flash.write(flash.context, PHY, &word, 4, &err));
    assert_int_equal(err.code, OTA_E_FLASH_WRITE);
    sdk_board()->nor->failing_at = sdk_board()->nor->operations + 1;
    assert_false(flash.erase(flash.context, PHY, &err));
    assert_int_equal(err.code, OTA_E_FLASH_ERASE);
    sdk_board()->nor->is_off = true;
    assert_false(flash.read(flash.context, PHY, &word, 4, &err));
    assert_int_equal(err.code, OTA_E_FLASH_READ);
    release(&device);
}

static uint16_t listen_on(int *listener)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    *listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(*listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(*listener, 1), 0);
    assert_int_equal(getsockname(*listener, (struct sockaddr *)&address, &size),
                     0);
    return ntohs(address.sin_port);
}

static void a_silent_server_ends_by_timeout(void **state)
{
    enum { OPEN_MS = 5000, SILENT_MS = 20 };
    struct port_net net;
    struct ota_error err;
    uint8_t bytes[16];
    uint32_t got;
    int listener;
    (void)state;
    port_net_init(&net);
    uint16_t port = listen_on(&listener);
    assert_true(net.table.open(&net, "127.0.0.1", port, OPEN_MS, &err));
    assert_true(net.table.send(&net, "GET", 3, &err));
    assert_false(
        net.table.receive(&net, bytes, sizeof(bytes), SILENT_MS, &got, &err));
    assert_int_equal(err.code, OTA_E_TIMEOUT);
    close(accept(listener, NULL, NULL));
    close(listener);
    /* With a byte unread it is a reset, not an end. */
    assert_false(
        net.table.receive(&net, bytes, sizeof(bytes), OPEN_MS, &got, &err));
    assert_int_equal(err.code, OTA_E_CUT_OFF);
    net.table.close(&net);
    net.table.close(&net);
    assert_int_equal(net.socket, -1);
    assert_false(net.table.open(&net, "127.0.0.1", port, OPEN_MS, &err));
    assert_int_equal(err.code, OTA_E_CONNECT);
}

static void a_name_that_is_not_found_may_be_found_later(void **state)
{
    char host[100];
    struct port_net net;
    struct ota_error err;
    (void)state;
    memset(host, 'x', sizeof(host)); /* no name server is asked for that */
    host[sizeof(host) - 1] = '\0';
    port_net_init(&net);
    assert_false(net.table.open(&net, host, 80, 1000, &err));
    assert_int_equal(err.code, OTA_E_CONNECT);
    net.table.close(&net);
}

static void the_clock_goes_on_while_it_sleeps(void **state)
{
    struct device device;
    (void)state;
    init(&device, NASTY_GOOD, 1);
    struct agent_clock clock = port_clock();
    uint32_t before = clock.now_ms(clock.context);
    clock.sleep_ms(clock.context, 1234);
    assert_in_range(clock.now_ms(clock.context) - before, 1234, 1254);
    sdk_board()->ticks = 0xffffffff; /* wraps around without a leap */
    before = clock.now_ms(clock.context);
    sdk_board()->ticks += 5;
    assert_int_equal(clock.now_ms(clock.context) - before, 50);
    release(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_update_comes_over_sockets),
        cmocka_unit_test(a_trial_needs_our_bootloader),
        cmocka_unit_test(what_no_update_is_changes_nothing),
        cmocka_unit_test(a_server_that_is_not_there_is_given_up),
        cmocka_unit_test(without_ended_a_new_app_is_started),
        cmocka_unit_test(without_memory_for_a_task_it_does_not_start),
        cmocka_unit_test(the_defaults_are_as_configured),
        cmocka_unit_test(an_app_for_ota_0_is_taken_where_our_boot_copies_it),
        cmocka_unit_test(remains_of_our_boot_behind_another_do_not_count),
        cmocka_unit_test(the_copying_bootloader_of_the_sdk_is_not_trusted),
        cmocka_unit_test(rf_data_are_loaded_where_that_is_wanted),
        cmocka_unit_test(rf_data_without_source_or_place_are_told),
        cmocka_unit_test(the_original_access_point_is_used_where_wanted),
        cmocka_unit_test(what_lies_beyond_the_configured_size_is_found),
        cmocka_unit_test(flash_errors_are_told),
        cmocka_unit_test(a_silent_server_ends_by_timeout),
        cmocka_unit_test(a_name_that_is_not_found_may_be_found_later),
        cmocka_unit_test(the_clock_goes_on_while_it_sleeps),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
