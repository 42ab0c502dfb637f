/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command with a fake chip on a serial port beside it.
 *
 *   fake_device [WORD[=VALUE]]... COMMAND [ARGUMENT]...
 *
 * The port is a link named by port=NAME (default: port) to a pseudo-terminal,
 * or, with rfc2217 or socket, tcp port N of the loopback, which is then the
 * text in the file NAME and in $PORT. The chip waits in its loader, with
 * app in its firmware; flash=FILE holds its flash before and after, stub=FILE
 * becomes a stub for it. Other words are faults: see below. The status is the
 * command's.
 */
#include "fake_device.h"
#include "fake_loader.h"
#include "otatool/file.h"
#include "otatool/image.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { TICK_MS = 5, CHUNK = 1024 };

struct device {
    struct fake_chip chip;
    struct fake_telnet telnet;
    const char *name;
    const char *flash;
    bool is_tcp;
    bool speaks_rfc2217;
    bool is_busy;
    bool is_noisy;      /* bytes without sense in place of answers */
    uint64_t vanish_at; /* bytes from the host, 0: never */
    uint64_t reset_at;
    uint64_t received;
    int listener;
    int line; /* the chip's end; -1: none */
    int slave;
};

static _Noreturn void fail(const char *what)
{
    perror(what);
    exit(125);
}

/* What this chip takes for its stub: any image for RAM. */
static void save_stub(const char *name)
{
    static const uint8_t code[16] = {1, 2, 3};
    const struct ota_image_part part = {0x40100000, code, sizeof(code)};
    const struct ota_image_plan plan = {
        .entry = 0x40100000,
        .parts = &part,
        .part_count = 1,
        .segment_count = 1,
    };
    uint8_t image[64];
    uint32_t size = ota_image_built_size(&plan, 0);
    if (!ota_image_build(&plan, 0, image, size, NULL) ||
        !ota_file_save(name, image, size, NULL))
        fail(name);
}

/* --- words --- */

static uint32_t number(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 0);
}

static bool take_flag(struct device *device, const char *word)
{
    const struct {
        const char *word;
        bool *flag;
    } flags[] = {
        {"stuck", &device->chip.is_stuck},
        {"deaf", &device->chip.is_deaf},
        {"protected", &device->chip.is_protected},
        {"worn", &device->chip.is_worn},
        {"stray", &device->chip.is_stray},
        {"mute-stub", &device->chip.is_mute_stub},
        {"busy", &device->is_busy},
        {"noisy", &device->is_noisy},
        {"socket", &device->is_tcp},
        {"rfc2217", &device->speaks_rfc2217},
    };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (strcmp(flags[i].word, word) == 0) {
            *flags[i].flag = true;
            return true;
        }
    return false;
}

static bool take_state(struct fake_chip *chip, const char *word)
{
    if (strcmp(word, "app") == 0)
        chip->state = FAKE_CHIP_APP;
    else if (strcmp(word, "dead") == 0)
        chip->state = FAKE_CHIP_DEAD;
    else
        return false;
    return true;
}

static bool take_value(struct device *device, const char *word,
                       const char *value)
{
    size_t length = (size_t)(value - 1 - word);
    struct fake_chip *chip = &device->chip;
    if (strncmp(word, "port", length) == 0)
        device->name = value;
    else if (strncmp(word, "flash", length) == 0)
        device->flash = value;
    else if (strncmp(word, "mark", length) == 0)
        chip->mark = number(value);
    else if (strncmp(word, "flash-id", length) == 0)
        chip->flash_id = number(value);
    else if (strncmp(word, "mac", length) == 0)
        chip->fuses[0] = number(value) << 24;
    else if (strncmp(word, "most-baud", length) == 0)
        chip->most_baud = number(value);
    else if (strncmp(word, "unanswered", length) == 0)
        chip->unanswered = (uint8_t)number(value);
    else if (strncmp(word, "text", length) == 0)
        chip->app_text = value;
    else if (strncmp(word, "vanish", length) == 0)
        device->vanish_at = number(value);
    else if (strncmp(word, "reset", length) == 0)
        device->reset_at = number(value);
    else if (strncmp(word, "stub", length) == 0)
        save_stub(value);
    else
        return false;
    return true;
}

static bool take_word(struct device *device, const char *word)
{
    const char *equals = strchr(word, '=');
    if (equals)
        return take_value(device, word, equals + 1);
    return take_flag(device, word) || take_state(&device->chip, word);
}

/* --- flash --- */

static void load_flash(struct device *device)
{
    FILE *file = device->flash ? fopen(device->flash, "rbe") : NULL;
    if (!file)
        return;
    if (fread(device->chip.flash, 1, device->chip.flash_size, file) == 0)
        fail(device->flash);
    fclose(file);
}

static void save_flash(const struct device *device)
{
    FILE *file = device->flash ? fopen(device->flash, "wbe") : NULL;
    if (!file)
        return;
    if (fwrite(device->chip.flash, 1, device->chip.flash_size, file) !=
        device->chip.flash_size)
        fail(device->flash);
    fclose(file);
}

/* --- the port --- */

static void open_terminal(struct device *device)
{
    device->line = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (device->line < 0 || grantpt(device->line) < 0 ||
        unlockpt(device->line) < 0)
        fail("pseudo-terminal");
    const char *name = ptsname(device->line);
    struct termios settings;
    device->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (device->slave < 0 || tcgetattr(device->slave, &settings) < 0)
        fail(name);
    cfmakeraw(&settings);
    tcsetattr(device->slave, TCSANOW, &settings);
    if (device->is_busy)
        flock(device->slave, LOCK_EX);
    unlink(device->name);
    if (symlink(name, device->name) < 0)
        fail(device->name);
    setenv("PORT", device->name, 1);
}

static void open_server(struct device *device)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t size = sizeof(address);
    char name[64];
    device->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (device->listener < 0 ||
        bind(device->listener, (struct sockaddr *)&address, size) < 0 ||
        listen(device->listener, 1) < 0 ||
        getsockname(device->listener, (struct sockaddr *)&address, &size) < 0)
        fail("server");
    snprintf(name, sizeof(name), "%s://127.0.0.1:%d",
             device->speaks_rfc2217 ? "rfc2217" : "socket",
             ntohs(address.sin_port));
    setenv("PORT", name, 1);
    device->slave = -1;
}

static void vanish(struct device *device)
{
    close(device->line);
    if (device->slave >= 0)
        close(device->slave);
    device->line = device->slave = -1;
}

static void accept_client(struct device *device)
{
    if (device->line >= 0)
        return;
    device->line = accept(device->listener, NULL, NULL);
    memset(&device->telnet, 0, sizeof(device->telnet));
}

/* --- bytes --- */

static void take_bytes(struct device *device, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size && device->line >= 0; i++) {
        device->received++;
        if (device->speaks_rfc2217)
            fake_telnet_take(&device->telnet, &device->chip, bytes + i, 1,
                             device->line);
        else
            fake_chip_take(&device->chip, bytes[i]);
        if (device->received == device->vanish_at)
            vanish(device);
        if (device->received == device->reset_at)
            fake_chip_power_on(&device->chip);
    }
}

static void hear(struct device *device)
{
    uint8_t bytes[CHUNK];
    ssize_t count = read(device->line, bytes, sizeof(bytes));
    if (!device->is_tcp) {
        device->chip.host_baud = fake_speed(device->line);
    } else if (count <= 0) {
        close(device->line);
        device->line = -1;
        return;
    }
    if (count > 0 && device->is_noisy)
        fake_telnet_send(bytes + count / 2, 1, device->line);
    else if (count > 0)
        take_bytes(device, bytes, (size_t)count);
}

static void speak(struct device *device)
{
    uint8_t bytes[CHUNK];
    size_t count;
    while (device->line >= 0 &&
           (count = fake_chip_give(&device->chip, bytes, sizeof(bytes))) > 0) {
        if (device->speaks_rfc2217) {
            fake_telnet_send(bytes, count, device->line);
            continue;
        }
        for (size_t at = 0; at < count;) {
            ssize_t put = write(device->line, bytes + at, count - at);
            if (put < 0 && errno != EINTR)
                return;
            at += put > 0 ? (size_t)put : 0;
        }
    }
}

/* An app that prints does so all the time. */
static void idle(struct fake_chip *chip)
{
    fake_chip_tick(chip);
    if (chip->state == FAKE_CHIP_APP && chip->app_text)
        fake_chip_send(chip, chip->app_text, strlen(chip->app_text));
}

static void step(struct device *device)
{
    int fd = device->line >= 0 ? device->line : device->listener;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    int count = poll(&ready, fd >= 0, TICK_MS);
    if (count == 0)
        idle(&device->chip);
    if (count > 0 && fd == device->listener)
        accept_client(device);
    else if (count > 0)
        hear(device);
    speak(device);
}

static int run(struct device *device, char **command)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        execvp(command[0], command);
        fail(command[0]);
    }
    while (waitpid(child, &status, WNOHANG) == 0)
        step(device);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv)
{
    static struct device device;
    int at = 1;
    fake_chip_init(&device.chip, 1024 * 1024);
    device.name = "port";
    device.line = device.listener = -1;
    while (at < argc && take_word(&device, argv[at]))
        at++;
    if (at == argc)
        return 125;
    signal(SIGPIPE, SIG_IGN);
    load_flash(&device);
    device.is_tcp = device.is_tcp || device.speaks_rfc2217;
    if (device.is_tcp)
        open_server(&device);
    else
        open_terminal(&device);
    int status = run(&device, argv + at);
    save_flash(&device);
    fake_chip_release(&device.chip);
    return status;
}
