/* SPDX-License-Identifier: Apache-2.0 */
#include "emulator.h"
#include "otatool/file.h"
#include "otatool/install.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MOST_CPU_SECONDS = 30,
    LONGEST_CONSOLE = 16 * 1024 * 1024,
    ARGUMENT_SIZE = PATH_MAX + 256,
    CANNOT_START = 127,
    KILLED = 256,
};

bool ota_emulator_open(struct ota_emulator *emulator, struct ota_error *err)
{
    const char *temporary = getenv("TMPDIR");
    if (!ota_install_find(emulator->rom, emulator->folder, "rom.elf", err))
        return false;
    int length = snprintf(emulator->scratch, sizeof(emulator->scratch),
                          "%s/otatool-simulate-XXXXXX",
                          temporary && *temporary ? temporary : "/tmp");
    if ((size_t)length < sizeof(emulator->scratch) &&
        mkdtemp(emulator->scratch))
        return true;
    emulator->scratch[0] = '\0';
    return ota_fail(err, OTA_E_FILE_WRITE, .subject = "temporary folder",
                    .detail = strerror(errno));
}

void ota_emulator_close(struct ota_emulator *emulator)
{
    if (emulator->scratch[0])
        rmdir(emulator->scratch);
    emulator->scratch[0] = '\0';
}

/* A guest that spins burns processor time, and nothing else tells of it. */
static _Noreturn void become(char **arguments, int console)
{
    const struct rlimit limit = {MOST_CPU_SECONDS, MOST_CPU_SECONDS};
    int nothing = open("/dev/null", O_RDONLY);
    setrlimit(RLIMIT_CPU, &limit);
    dup2(nothing, STDIN_FILENO);
    dup2(console, STDOUT_FILENO);
    dup2(console, STDERR_FILENO);
    execvp(arguments[0], arguments);
    _exit(CANNOT_START);
}

static bool run(const struct ota_emulator *emulator, char **arguments,
                int console, int *status, struct ota_error *err)
{
    int state = 0;
    pid_t child = fork();
    if (child == 0)
        become(arguments, console);
    if (child < 0)
        return ota_fail(err, OTA_E_EMULATOR, .subject = emulator->program,
                        .detail = strerror(errno));
    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        ;
    *status = WIFEXITED(state) ? WEXITSTATUS(state) : KILLED + WTERMSIG(state);
    return *status != CANNOT_START ||
           ota_fail(err, OTA_E_EMULATOR, .subject = emulator->program,
                    .detail = "it cannot be started");
}

/* Commas separate QEMU's settings; two of them stand for one. */
static void add_escaped(char *out, size_t size, const char *path)
{
    size_t at = strlen(out);
    for (; *path && at + 2 < size; path++) {
        if (*path == ',')
            out[at++] = ',';
        out[at++] = *path;
    }
    out[at] = '\0';
}

static void write_settings(char out[ARGUMENT_SIZE],
                           const struct emulator_order *order)
{
    size_t at;
    snprintf(out, ARGUMENT_SIZE, "enable=on,target=native,arg=rom,arg=");
    add_escaped(out, ARGUMENT_SIZE, order->flash_file);
    at = strlen(out);
    snprintf(out + at, ARGUMENT_SIZE - at,
             ",arg=stop=0x%x,arg=cut=%u,arg=tear=%u,arg=trace=%d",
             (unsigned)order->stop, (unsigned)order->cut, (unsigned)order->tear,
             order->trace);
}

static bool read_console(char **console, const char *path,
                         struct ota_error *err)
{
    struct ota_file file;
    if (!ota_file_load(&file, path, LONGEST_CONSOLE, err))
        return false;
    *console = calloc(1, file.size + 1);
    if (*console && file.size > 0)
        memcpy(*console, file.data, file.size);
    ota_file_release(&file);
    return *console || ota_fail(err, OTA_E_MEMORY, .subject = path);
}

static bool run_into(const struct ota_emulator *emulator,
                     const struct emulator_order *order, const char *path,
                     int *status, struct ota_error *err)
{
    char settings[ARGUMENT_SIZE];
    char *arguments[] = {
        (char *)(uintptr_t)emulator->program,
        "-M",
        "sim",
        "-cpu",
        "lx106",
        "-nographic",
        "-monitor",
        "none",
        "-serial",
        "none",
        "-semihosting-config",
        settings,
        "-kernel",
        (char *)(uintptr_t)emulator->rom,
        NULL,
    };
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0)
        return ota_fail(err, OTA_E_FILE_WRITE, .subject = "temporary file",
                        .detail = strerror(errno));
    write_settings(settings, order);
    bool ok = run(emulator, arguments, out, status, err);
    close(out);
    return ok;
}

bool emulator_run(const struct ota_emulator *emulator,
                  const struct emulator_order *order, char **console,
                  int *status, struct ota_error *err)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof(path), "%s.txt", order->flash_file);
    bool ok = run_into(emulator, order, path, status, err) &&
              read_console(console, path, err);
    unlink(path);
    return ok;
}
