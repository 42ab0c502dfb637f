/* SPDX-License-Identifier: Apache-2.0 */
#include "emulated_chip.h"
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHIP_SOCKET = 3, MOST_ARGUMENTS = 64 };

static _Noreturn void fail(const char *what)
{
    perror(what);
    exit(1);
}

static bool is_for_line(const char *option)
{
    return strncmp(option, "line.", strlen("line.")) == 0;
}

/* QEMU wants commas doubled. */
static void add_argument(char *config, size_t size, const char *argument)
{
    size_t used = strlen(config);
    used += (size_t)snprintf(config + used, size - used, ",arg=");
    for (; *argument != '\0' && used + 3 < size; argument++) {
        if (*argument == ',')
            config[used++] = ',';
        config[used++] = *argument;
    }
    config[used] = '\0';
}

static _Noreturn void become_chip(const struct emulated_chip *chip, int line,
                                  const char *straps)
{
    char config[4096] = "enable=on,target=native,arg=rom";
    const char *arguments[MOST_ARGUMENTS] = {
        "qemu-system-xtensa",
        "-M",
        "sim",
        "-cpu",
        "lx106",
        "-nographic",
        "-monitor",
        "none",
        "-serial",
        "none",
        "-kernel",
        chip->rom,
        "-semihosting-config",
        config,
    };
    size_t used = 14;
    char **option = chip->options;
    add_argument(config, sizeof(config), chip->flash);
    add_argument(config, sizeof(config), "serial=3");
    add_argument(config, sizeof(config), "ms=4000000000");
    add_argument(config, sizeof(config), "reset=1000000");
    for (; *option && strcmp(*option, "--") != 0; option++)
        if (!is_for_line(*option))
            add_argument(config, sizeof(config), *option);
    if (straps)
        add_argument(config, sizeof(config), straps);
    for (option += *option != NULL; *option && used < MOST_ARGUMENTS - 1;)
        arguments[used++] = *option++;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 0) < 0 || dup2(2, 1) < 0)
        fail("dup2");
    if (line == CHIP_SOCKET ? fcntl(line, F_SETFD, 0) < 0
                            : dup2(line, CHIP_SOCKET) < 0)
        fail("dup2");
    execvp(arguments[0], (char *const *)arguments);
    fail(arguments[0]);
}

void emulated_chip_start(struct emulated_chip *chip, const char *straps)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        fail("socketpair");
    chip->pid = fork();
    if (chip->pid < 0)
        fail("fork");
    if (chip->pid == 0)
        become_chip(chip, ends[1], straps);
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    chip->line = ends[0];
}

void emulated_chip_stop(struct emulated_chip *chip)
{
    int status = 0;
    if (chip->pid == 0)
        return;
    close(chip->line);
    kill(chip->pid, SIGKILL);
    waitpid(chip->pid, &status, 0);
    chip->pid = 0;
}

void emulated_chip_bury(struct emulated_chip *chip)
{
    int status = 0;
    close(chip->line);
    waitpid(chip->pid, &status, 0);
    chip->pid = 0;
    fprintf(stderr, "chip_port: the chip ended with %d\n",
            WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}
