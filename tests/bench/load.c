/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As many requests of one kind as the server answers.
 *
 *   bench_load [OPTION]... ADDRESS:PORT TARGET FILE WORK
 *
 * FILE is what the server has under TARGET. Each answer's status and length
 * are checked, and byte by byte the first body of each connection. Prints one
 * line of results; fails when any answer was wrong or there was none.
 */
#include "link.h"
#include "net.h"
#include "probe.h"
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    EVENTS = 64,
    MOST_THREADS = 16,
    MOST_CONNECTIONS = 4096,
    MOST_FAILURES = 100, /* of one thread, before it gives up */
};

struct settings {
    unsigned connections;
    unsigned threads;
    unsigned milliseconds;
};

struct shift {
    struct crew crew;
    pthread_t thread;
    struct link *links;
    unsigned count;
    uint64_t end_us;
};

static void usage(void)
{
    fprintf(stderr,
            "Usage: bench_load [OPTION]... ADDRESS:PORT TARGET FILE WORK\n"
            "  --connections COUNT   at a time [64]\n"
            "  --threads COUNT       [2]\n"
            "  --milliseconds COUNT  how long [3000]\n"
            "  --no-compare          do not look at bodies\n"
            "  --list                print the kinds of WORK\n");
    exit(2);
}

static unsigned number(const char *text, unsigned most)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || value == 0 || value > most)
        usage();
    return (unsigned)value;
}

static void parse_options(int argc, char **argv, struct settings *settings,
                          struct load *load)
{
    static const struct option rows[] = {
        {"connections", required_argument, NULL, 'c'},
        {"threads", required_argument, NULL, 't'},
        {"milliseconds", required_argument, NULL, 'm'},
        {"no-compare", no_argument, NULL, 'n'},
        {"list", no_argument, NULL, 'l'},
        {0},
    };
    int key;
    while ((key = getopt_long(argc, argv, "", rows, NULL)) != -1) {
        if (key == 'c')
            settings->connections = number(optarg, MOST_CONNECTIONS);
        else if (key == 't')
            settings->threads = number(optarg, MOST_THREADS);
        else if (key == 'm')
            settings->milliseconds = number(optarg, 600 * 1000);
        else if (key == 'n')
            load->is_compared = false;
        else if (key == 'l')
            work_print_names();
        else
            usage();
        if (key == 'l')
            exit(0);
    }
}

static void parse(int argc, char **argv, struct settings *settings,
                  struct load *load)
{
    parse_options(argc, argv, settings, load);
    if (argc - optind != 4 || !net_parse(argv[optind], &load->server))
        usage();
    load->target = argv[optind + 1];
    load->work = work_named(argv[optind + 3]);
    if (!load->work)
        usage();
    if (!firmware_file_open(&load->file, argv[optind + 2]))
        exit(2);
    if (load->file.size < WORK_RANGE) {
        fprintf(stderr, "%s is too short\n", argv[optind + 2]);
        exit(2);
    }
}

/* Conditional requests need what the server calls its file. */
static bool learn_etag(struct load *load)
{
    struct answer answer;
    if (!load->work->is_conditional)
        return true;
    if (!probe_head(&load->server, load->target, &answer))
        return false;
    memcpy(load->etag, answer.etag, sizeof(load->etag));
    if (!load->etag[0])
        fprintf(stderr, "the server gives no ETag\n");
    return load->etag[0] != '\0';
}

static void *run(void *context)
{
    struct shift *shift = context;
    struct crew *crew = &shift->crew;
    struct epoll_event events[EVENTS];
    for (unsigned i = 0; i < shift->count; i++)
        link_open(crew, &shift->links[i]);
    while (net_now_us() < shift->end_us && crew->failures < MOST_FAILURES) {
        int count = epoll_wait(crew->epoll, events, EVENTS, 10);
        for (int i = 0; i < count; i++)
            link_go_on(crew, events[i].data.ptr);
    }
    for (unsigned i = 0; i < shift->count; i++)
        link_close(&shift->links[i]);
    return NULL;
}

static void start(struct shift *shift, const struct load *load, unsigned first,
                  unsigned count, uint64_t end_us)
{
    shift->crew = (struct crew){.load = load,
                                .epoll = epoll_create1(EPOLL_CLOEXEC),
                                .random = first + 1,
                                .buffer = malloc(LINK_BUFFER)};
    shift->links = calloc(count, sizeof(*shift->links));
    shift->count = count;
    shift->end_us = end_us;
    if (!shift->crew.buffer || !shift->links)
        abort();
    for (unsigned i = 0; i < count; i++)
        shift->links[i].index = first + i;
    if (pthread_create(&shift->thread, NULL, run, shift) != 0)
        abort();
}

static void finish(struct shift *shift, struct crew *sum)
{
    pthread_join(shift->thread, NULL);
    sum->requests += shift->crew.requests;
    sum->failures += shift->crew.failures;
    sum->bytes += shift->crew.bytes;
    free(shift->crew.buffer);
    free(shift->links);
}

int main(int argc, char **argv)
{
    struct settings settings = {64, 2, 3000};
    struct load load = {.is_compared = true};
    struct shift shifts[MOST_THREADS];
    struct crew sum = {0};
    parse(argc, argv, &settings, &load);
    if (!net_allow_files(settings.connections + 64) || !learn_etag(&load))
        return 1;
    uint64_t began_us = net_now_us();
    uint64_t end_us = began_us + 1000 * (uint64_t)settings.milliseconds;
    unsigned each = (settings.connections - 1) / settings.threads + 1;
    for (unsigned i = 0; i < settings.threads; i++)
        start(&shifts[i], &load, i * each, each, end_us);
    for (unsigned i = 0; i < settings.threads; i++)
        finish(&shifts[i], &sum);
    printf("requests=%" PRIu64 " failures=%" PRIu64 " bytes=%" PRIu64
           " seconds=%.3f\n",
           sum.requests, sum.failures, sum.bytes,
           (double)(net_now_us() - began_us) / 1e6);
    return sum.requests > 0 && sum.failures == 0 ? 0 : 1;
}
