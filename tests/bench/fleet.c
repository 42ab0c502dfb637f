/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fleet of slow devices that download, and of others that poll.
 *
 *   bench_fleet [OPTION]... ADDRESS:PORT TARGET FILE
 *
 * FILE is what the server has under TARGET. Prints one line of results and
 * fails when a download or a poll did.
 */
#include "fleet.h"
#include "device.h"
#include "firmware_file.h"
#include "net.h"
#include "poller.h"
#include "probe.h"
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLICES = 25 }; /* of a turn: not all clients move at once */

struct settings {
    unsigned devices;
    unsigned pollers;
    unsigned ramp_ms;
    unsigned seconds;
    unsigned within_s;
    bool announces;
};

struct clients {
    struct settings settings;
    struct device *devices;
    struct poller *pollers;
};

uint64_t fleet_random_below(struct fleet *fleet, uint64_t limit)
{
    fleet->random = fleet->random * 6364136223846793005 + 1442695040888963407;
    return (fleet->random >> 33) % limit;
}

static void usage(void)
{
    fprintf(stderr,
            "Usage: bench_fleet [OPTION]... ADDRESS:PORT TARGET FILE\n"
            "  --devices COUNT     that download at a time [100]\n"
            "  --rate BYTES        a second and device [20000]\n"
            "  --drop PERCENT      of the downloads are cut once [1]\n"
            "  --ramp MILLISECONDS in which the devices begin [1000]\n"
            "  --seconds COUNT     begin new downloads for so long [0: no]\n"
            "  --pollers COUNT     [0]\n"
            "  --every SECONDS     each of them polls [60]\n"
            "  --within SECONDS    all must be done [300]\n"
            "  --announce          say when all devices are reading\n");
    exit(2);
}

static unsigned number(const char *text, unsigned most)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || end == text || value > most)
        usage();
    return (unsigned)value;
}

static void parse_option(int key, struct settings *settings,
                         struct fleet *fleet)
{
    switch (key) {
    case 'd':
        settings->devices = number(optarg, 100000);
        break;
    case 'r':
        fleet->rate = number(optarg, 100 * 1000 * 1000);
        break;
    case 'x':
        fleet->drop_percent = number(optarg, 100);
        break;
    case 'a':
        settings->ramp_ms = number(optarg, 600 * 1000);
        break;
    case 's':
        settings->seconds = number(optarg, 7200);
        break;
    case 'p':
        settings->pollers = number(optarg, 1000 * 1000);
        break;
    case 'e':
        fleet->poll_every_us = 1000000 * (uint64_t)number(optarg, 3600);
        break;
    case 'w':
        settings->within_s = number(optarg, 7200);
        break;
    case 'n':
        settings->announces = true;
        break;
    default:
        usage();
    }
}

/* Returns the name of the file. */
static const char *parse(int argc, char **argv, struct settings *settings,
                         struct fleet *fleet)
{
    static const struct option rows[] = {
        {"devices", required_argument, NULL, 'd'},
        {"rate", required_argument, NULL, 'r'},
        {"drop", required_argument, NULL, 'x'},
        {"ramp", required_argument, NULL, 'a'},
        {"seconds", required_argument, NULL, 's'},
        {"pollers", required_argument, NULL, 'p'},
        {"every", required_argument, NULL, 'e'},
        {"within", required_argument, NULL, 'w'},
        {"announce", no_argument, NULL, 'n'},
        {0},
    };
    int key;
    while ((key = getopt_long(argc, argv, "", rows, NULL)) != -1)
        parse_option(key, settings, fleet);
    if (argc - optind != 3 || !net_parse(argv[optind], &fleet->server) ||
        fleet->rate == 0 || fleet->poll_every_us == 0)
        usage();
    fleet->target = argv[optind + 1];
    return argv[optind + 2];
}

static bool know_file(struct fleet *fleet, const char *path)
{
    struct firmware_file file;
    struct sha256_ctx digest;
    if (!firmware_file_open(&file, path))
        return false;
    sha256_init(&digest);
    sha256_update(&digest, file.size, file.data);
    sha256_digest(&digest, sizeof(fleet->digest), fleet->digest);
    fleet->size = file.size;
    return true;
}

static bool learn_etag(struct fleet *fleet)
{
    struct answer answer;
    if (!probe_head(&fleet->server, fleet->target, &answer))
        return false;
    memcpy(fleet->etag, answer.etag, sizeof(fleet->etag));
    return true;
}

static void make_clients(struct fleet *fleet, struct clients *clients)
{
    const struct settings *settings = &clients->settings;
    clients->devices = calloc(settings->devices + 1, sizeof(struct device));
    clients->pollers = calloc(settings->pollers + 1, sizeof(struct poller));
    if (!clients->devices || !clients->pollers)
        abort();
    for (uint32_t i = 0; i < settings->devices; i++)
        device_init(fleet, &clients->devices[i], i,
                    fleet->now_us + 1000 * (uint64_t)settings->ramp_ms * i /
                                        settings->devices);
    for (uint32_t i = 0; i < settings->pollers; i++)
        poller_init(fleet, &clients->pollers[i], settings->devices + i);
}

static void slice(struct fleet *fleet, struct clients *clients, uint32_t first)
{
    for (uint32_t i = first; i < clients->settings.devices; i += SLICES)
        device_turn(fleet, &clients->devices[i]);
    for (uint32_t i = first; i < clients->settings.pollers; i += SLICES)
        poller_turn(fleet, &clients->pollers[i]);
}

static void sleep_until(uint64_t moment_us)
{
    struct timespec moment = {.tv_sec = (time_t)(moment_us / 1000000),
                              .tv_nsec = (long)(moment_us % 1000000) * 1000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL);
}

/* Once. */
static void announce(const struct fleet *fleet, struct settings *settings)
{
    if (!settings->announces || fleet->reading < settings->devices)
        return;
    settings->announces = false;
    puts("all are reading");
    fflush(stdout);
}

static void run(struct fleet *fleet, struct clients *clients)
{
    uint64_t due_us = fleet->now_us;
    uint64_t latest_us =
        fleet->now_us + 1000000 * (uint64_t)clients->settings.within_s;
    for (uint32_t i = 0; fleet->now_us < latest_us; i = (i + 1) % SLICES) {
        if (fleet->busy == 0 && fleet->now_us >= fleet->end_us)
            break;
        slice(fleet, clients, i);
        announce(fleet, &clients->settings);
        due_us += FLEET_TURN_US / SLICES;
        sleep_until(due_us);
        fleet->now_us = net_now_us();
    }
    for (uint32_t i = 0; i < clients->settings.devices; i++)
        device_end(fleet, &clients->devices[i]);
    for (uint32_t i = 0; i < clients->settings.pollers; i++)
        poller_end(&clients->pollers[i]);
}

/* The number of failures. */
static uint64_t print_counts(const struct fleet *fleet, uint64_t time_us)
{
    const struct fleet_counts *counts = &fleet->counts;
    uint64_t failures = counts->wrong_digest + counts->wrong_answer +
                        counts->gave_up + counts->unfinished;
    printf("downloads=%" PRIu64 " failures=%" PRIu64 " wrong_digest=%" PRIu64
           " wrong_answer=%" PRIu64 " gave_up=%" PRIu64 " unfinished=%" PRIu64,
           counts->downloads, failures, counts->wrong_digest,
           counts->wrong_answer, counts->gave_up, counts->unfinished);
    printf(" cut=%" PRIu64 " lost=%" PRIu64 " resumed=%" PRIu64
           " restarted=%" PRIu64 " deferred=%" PRIu64,
           counts->cut, counts->lost, counts->resumed, counts->restarted,
           counts->deferred);
    printf(" polls=%" PRIu64 " poll_failures=%" PRIu64
           " at_once=%u seconds=%.1f\n",
           counts->polls, counts->poll_failures, fleet->most_reading,
           (double)time_us / 1e6);
    return failures + counts->poll_failures;
}

int main(int argc, char **argv)
{
    static struct fleet fleet = {.rate = 20000,
                                 .drop_percent = 1,
                                 .poll_every_us = 60 * 1000000,
                                 .random = 1};
    struct clients clients = {
        .settings = {.devices = 100, .ramp_ms = 1000, .within_s = 300}};
    const char *path = parse(argc, argv, &clients.settings, &fleet);
    unsigned files = clients.settings.devices + clients.settings.pollers / 4;
    if (!know_file(&fleet, path) || !net_allow_files(files + 64) ||
        !learn_etag(&fleet))
        return 2;
    fleet.now_us = net_now_us();
    uint64_t began_us = fleet.now_us;
    if (clients.settings.seconds > 0)
        fleet.end_us = began_us + 1000000 * (uint64_t)clients.settings.seconds;
    make_clients(&fleet, &clients);
    run(&fleet, &clients);
    free(clients.devices);
    free(clients.pollers);
    return print_counts(&fleet, net_now_us() - began_us) == 0 ? 0 : 1;
}
