/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times whole processes against each other.
 *
 *   bench ROUNDS NAME COMMAND... [-- NAME COMMAND...]...
 *
 * The commands run in turn, round after round, so that a change of the
 * machine's load meets all of them. Printed: the median and the best time,
 * the median of the processor's time, the largest memory, and how many times
 * longer than the first it took.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 8, MAX_ROUNDS = 1000, TRIES = 3 };

struct contestant {
    const char *name;
    char **argv;
    double ms[MAX_ROUNDS];
    double cpu_ms[MAX_ROUNDS];
    long peak_kb;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double ms_of(struct timeval time)
{
    return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

_Noreturn static void become(char **argv)
{
    int null = open("/dev/null", O_WRONLY);
    if (null >= 0) {
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
    }
    execvp(argv[0], argv);
    _exit(127);
}

static bool run_once(struct contestant *contestant, size_t round)
{
    int status;
    struct rusage usage;
    double start = now_ms();
    pid_t child = fork();
    if (child == 0)
        become(contestant->argv);
    if (child < 0 || wait4(child, &status, 0, &usage) != child ||
        !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return false;
    contestant->ms[round] = now_ms() - start;
    contestant->cpu_ms[round] = ms_of(usage.ru_utime) + ms_of(usage.ru_stime);
    if (usage.ru_maxrss > contestant->peak_kb)
        contestant->peak_kb = usage.ru_maxrss;
    return true;
}

/* On a busy machine a device may be reset too late for its loader. */
static void run(struct contestant *contestant, size_t round)
{
    for (int i = 0; i < TRIES; i++) {
        if (run_once(contestant, round))
            return;
        fprintf(stderr, "bench: %s failed\n", contestant->name);
    }
    exit(1);
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print(struct contestant *contestants, size_t count, size_t rounds)
{
    double first = 0;
    printf("%-14s %10s %10s %8s %10s %8s\n", "", "median ms", "best ms",
           "CPU ms", "peak kB", "times");
    for (size_t i = 0; i < count; i++) {
        struct contestant *c = &contestants[i];
        qsort(c->ms, rounds, sizeof(c->ms[0]), compare);
        qsort(c->cpu_ms, rounds, sizeof(c->cpu_ms[0]), compare);
        double median = c->ms[rounds / 2];
        if (i == 0)
            first = median;
        printf("%-14s %10.2f %10.2f %8.1f %10ld %8.2f\n", c->name, median,
               c->ms[0], c->cpu_ms[rounds / 2], c->peak_kb, median / first);
    }
}

static size_t parse(int argc, char **argv, struct contestant *contestants)
{
    size_t count = 0;
    for (int i = 2; i < argc && count < MAX_COMMANDS; i++) {
        contestants[count].name = argv[i];
        contestants[count++].argv = &argv[i + 1];
        while (i < argc && strcmp(argv[i], "--") != 0)
            i++;
        argv[i] = NULL;
    }
    return count;
}

int main(int argc, char **argv)
{
    static struct contestant contestants[MAX_COMMANDS];
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    size_t count = parse(argc, argv, contestants);
    if (count == 0 || rounds == 0 || rounds > MAX_ROUNDS) {
        fputs("Usage: bench ROUNDS NAME COMMAND... [-- NAME COMMAND...]...\n",
              stderr);
        return 2;
    }
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < count; i++)
            run(&contestants[i], round);
    print(contestants, count, rounds);
    return 0;
}
