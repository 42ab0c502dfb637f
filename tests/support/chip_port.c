/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An emulated chip at the end of a serial line.
 *
 *   chip_port WAY ROM_ELF FLASH_FILE [key=value...] [-- QEMU_ARGUMENT...]
 *
 * WAY: rfc2217, TCP on the loopback with speed and the lines DTR and RTS;
 * socket, plain TCP at 115200 baud; pty, a terminal, whose speed is that of
 * the line. The first line on standard output names the port as tools take
 * it. key=value are the stand-in ROM's (firmware/rom/options.h): straps=1
 * starts the chip in its loader. A line that is not well has line.lose=N,
 * line.repeat=N or line.flip=N: so goes each Nth byte, both directions counted
 * together, once line.after=N have passed; line.hang_up=N cuts the connection
 * each time, a terminal's excepted. What the chip's console says, and how each
 * run ends, goes to standard error. Ends on SIGTERM, and the chip with it.
 *
 * DTR and RTS work through the two transistors of the usual boards: RTS alone
 * holds the chip in reset, DTR alone pulls GPIO0 low. A chip that leaves its
 * reset looks at GPIO0 a moment later, since a capacitor holds it: whoever
 * sets one line after the other, as is usual, reaches the loader.
 */
#include "rfc2217.h"
#include <arpa/inet.h>
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ROOM = 1 << 18,
    CHUNK = 4096,
    RECORD_WORDS = 2, /* as firmware/rom/uart.h has them */
    CHIP_SOCKET = 3,
    MOST_ARGUMENTS = 64,
    USUAL_BAUD = 115200,
    TOLERANCE_PERCENT = 4,
    STRAP_MS = 150, /* from the end of a reset to the look at GPIO0 */
};

enum way { WAY_RFC2217, WAY_SOCKET, WAY_PTY };

struct faults {
    uint32_t lose;
    uint32_t repeat;
    uint32_t flip;
    uint32_t hang_up;
    uint32_t after;
    uint32_t bytes; /* so far */
};

struct queue {
    uint8_t bytes[ROOM];
    size_t used;
};

struct port {
    enum way way;
    const char *rom;
    const char *flash;
    char **options; /* up to NULL or "--", then QEMU's */
    int listener;
    int host;      /* connection or terminal, -1: none */
    bool hangs_up; /* as soon as what was read is dealt with */
    uint32_t baud;
    struct faults faults;
    struct rfc2217 telnet;
    struct rfc2217_owner owner;
    pid_t chip; /* 0: in reset, or dead */
    int line;
    bool is_in_reset;
    int64_t look_at_straps_ms; /* 0: not waiting for it */
    uint8_t record[RECORD_WORDS * 4];
    size_t record_used;
    uint32_t record_left;
    uint32_t chip_baud;
    struct queue to_host;
    struct queue to_chip;
    uint8_t sent[2 * CHUNK]; /* by the host, at one speed */
    size_t sent_size;
};

static _Noreturn void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void push(struct queue *queue, const void *bytes, size_t size)
{
    if (size > ROOM - queue->used)
        size = 0; /* no one listens at the other end */
    memcpy(queue->bytes + queue->used, bytes, size);
    queue->used += size;
}

static bool has_room(const struct queue *queue)
{
    return ROOM - queue->used > 4 * CHUNK;
}

/* False: the other end is gone. */
static bool drain(struct queue *queue, int file)
{
    ssize_t sent = write(file, queue->bytes, queue->used);
    if (sent < 0)
        return errno == EAGAIN || errno == EINTR;
    queue->used -= (size_t)sent;
    memmove(queue->bytes, queue->bytes + sent, queue->used);
    return true;
}

/* --- the chip ----------------------------------------------------------- */

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

static _Noreturn void become_chip(const struct port *port, int line,
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
        port->rom,
        "-semihosting-config",
        config,
    };
    size_t used = 14;
    char **option = port->options;
    add_argument(config, sizeof(config), port->flash);
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

/* straps NULL: as the command line has them. */
static void start_chip(struct port *port, const char *straps)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        fail("socketpair");
    port->chip = fork();
    if (port->chip < 0)
        fail("fork");
    if (port->chip == 0)
        become_chip(port, ends[1], straps);
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    port->line = ends[0];
    port->record_used = 0;
    port->record_left = 0;
    port->to_chip.used = 0;
}

static void stop_chip(struct port *port)
{
    int status = 0;
    if (port->chip == 0)
        return;
    close(port->line);
    kill(port->chip, SIGKILL);
    waitpid(port->chip, &status, 0);
    port->chip = 0;
}

/* It closed its end: its run is over, and nothing more comes until a reset. */
static void bury_chip(struct port *port)
{
    int status = 0;
    close(port->line);
    waitpid(port->chip, &status, 0);
    port->chip = 0;
    fprintf(stderr, "chip_port: the chip ended with %d\n",
            WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void set_lines(void *context, bool dtr, bool rts)
{
    struct port *port = context;
    bool is_in_reset = rts && !dtr;
    bool is_gpio0_low = dtr && !rts;
    if (is_in_reset) {
        stop_chip(port);
        port->look_at_straps_ms = 0;
    } else if (port->is_in_reset) {
        port->look_at_straps_ms = now_ms() + STRAP_MS;
    }
    port->is_in_reset = is_in_reset;
    if (port->look_at_straps_ms != 0 && is_gpio0_low) {
        port->look_at_straps_ms = 0;
        start_chip(port, "straps=1");
    }
}

static void look_at_straps(struct port *port)
{
    if (port->look_at_straps_ms == 0 || now_ms() < port->look_at_straps_ms)
        return;
    port->look_at_straps_ms = 0;
    start_chip(port, "straps=3");
}

/* --- bytes -------------------------------------------------------------- */

/* How often the byte goes on: a sound line says once. */
static uint32_t disturb(struct port *port, uint8_t *byte)
{
    struct faults *faults = &port->faults;
    uint32_t number = ++faults->bytes;
    if (number <= faults->after)
        return 1;
    if (faults->flip && number % faults->flip == 0)
        *byte ^= (uint8_t)(1 << number / faults->flip % 8);
    if (faults->hang_up && number % faults->hang_up == 0)
        port->hangs_up = true;
    if (faults->lose && number % faults->lose == 0)
        return 0;
    return faults->repeat && number % faults->repeat == 0 ? 2 : 1;
}

static void pass_to_chip(struct port *port)
{
    const uint32_t record[RECORD_WORDS] = {port->baud,
                                           (uint32_t)port->sent_size};
    if (port->chip != 0 && port->sent_size != 0) {
        push(&port->to_chip, record, sizeof(record));
        push(&port->to_chip, port->sent, port->sent_size);
    }
    port->sent_size = 0;
}

static bool is_out_of_tune(const struct port *port)
{
    uint32_t off = port->chip_baud > port->baud ? port->chip_baud - port->baud
                                                : port->baud - port->chip_baud;
    return port->way != WAY_SOCKET &&
           off > port->baud / 100 * TOLERANCE_PERCENT;
}

static void for_host(struct port *port, uint8_t byte)
{
    uint8_t sent[2] = {byte};
    size_t size = 1;
    if (port->host < 0)
        return;
    uint32_t times = disturb(port, &byte);
    sent[0] = is_out_of_tune(port) ? (uint8_t)(byte * 37 + 11) : byte;
    if (port->way == WAY_RFC2217)
        size = rfc2217_escape(sent[0], sent);
    for (uint32_t i = 0; i < times; i++)
        push(&port->to_host, sent, size);
}

/* Records: the chip's speed and a length, then bytes. */
static void take_from_chip(struct port *port, uint8_t byte)
{
    if (port->record_left > 0) {
        port->record_left--;
        for_host(port, byte);
        return;
    }
    port->record[port->record_used++] = byte;
    if (port->record_used == sizeof(port->record)) {
        memcpy(&port->chip_baud, port->record, 4);
        memcpy(&port->record_left, port->record + 4, 4);
        port->record_used = 0;
    }
}

static void read_chip(struct port *port)
{
    uint8_t bytes[CHUNK];
    ssize_t size = read(port->line, bytes, sizeof(bytes));
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0)
        bury_chip(port);
    for (ssize_t i = 0; i < size; i++)
        take_from_chip(port, bytes[i]);
}

/* Of what is read at once, so it has room, even twice. */
static void keep_for_chip(void *context, uint8_t byte)
{
    struct port *port = context;
    for (uint32_t times = disturb(port, &byte); times > 0; times--)
        port->sent[port->sent_size++] = byte;
}

static void telnet_reply(void *context, const uint8_t *bytes, size_t size)
{
    struct port *port = context;
    push(&port->to_host, bytes, size);
}

static void telnet_speed(void *context, uint32_t baud)
{
    struct port *port = context;
    pass_to_chip(port);
    port->baud = baud;
}

/* --- the host ----------------------------------------------------------- */

static void look_at_terminal(struct port *port)
{
    struct termios2 settings;
    if (port->way == WAY_PTY && ioctl(port->host, TCGETS2, &settings) == 0)
        port->baud = settings.c_ospeed;
}

static void leave_host(struct port *port)
{
    close(port->host);
    port->host = -1;
    port->to_host.used = 0;
}

static void read_host(struct port *port)
{
    uint8_t bytes[CHUNK];
    ssize_t size = read(port->host, bytes, sizeof(bytes));
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0) {
        leave_host(port);
        return;
    }
    look_at_terminal(port);
    for (ssize_t i = 0; i < size; i++) {
        if (port->way == WAY_RFC2217)
            rfc2217_take(&port->telnet, bytes[i]);
        else
            keep_for_chip(port, bytes[i]);
    }
    pass_to_chip(port);
}

static void accept_host(struct port *port)
{
    int on = 1;
    int host =
        accept4(port->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (host < 0)
        return;
    setsockopt(host, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    port->host = host;
    port->baud = USUAL_BAUD;
    rfc2217_init(&port->telnet, &port->owner);
}

static void open_socket(struct port *port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t size = sizeof(address);
    port->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (port->listener < 0 ||
        bind(port->listener, (struct sockaddr *)&address, size) < 0 ||
        listen(port->listener, 1) < 0 ||
        getsockname(port->listener, (struct sockaddr *)&address, &size) < 0)
        fail("socket");
    printf("%s://127.0.0.1:%u\n",
           port->way == WAY_RFC2217 ? "rfc2217" : "socket",
           ntohs(address.sin_port));
}

/* Our own end of the terminal stays open, so that its users may come and go. */
static void open_terminal(struct port *port)
{
    struct termios2 settings;
    port->host = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    const char *name = port->host < 0 ? NULL : ptsname(port->host);
    if (!name || grantpt(port->host) < 0 || unlockpt(port->host) < 0)
        fail("pty");
    int terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || ioctl(terminal, TCGETS2, &settings) < 0)
        fail(name);
    settings.c_iflag = 0;
    settings.c_oflag = 0;
    settings.c_lflag = 0;
    settings.c_cflag = BOTHER | CS8 | CREAD | CLOCAL;
    settings.c_ospeed = USUAL_BAUD;
    settings.c_ispeed = USUAL_BAUD;
    if (ioctl(terminal, TCSETS2, &settings) < 0)
        fail(name);
    fcntl(port->host, F_SETFL, O_NONBLOCK);
    puts(name);
}

/* --- the loop ----------------------------------------------------------- */

enum { LISTENER, HOST, CHIP, POLLED };

static int patience_ms(const struct port *port)
{
    if (port->look_at_straps_ms == 0)
        return -1;
    int64_t left = port->look_at_straps_ms - now_ms();
    return left > 0 ? (int)left : 0;
}

static short wishes(const struct queue *in, const struct queue *out)
{
    return (short)((has_room(in) ? POLLIN : 0) | (out->used > 0 ? POLLOUT : 0));
}

static void serve(struct port *port)
{
    struct pollfd polled[POLLED] = {
        {.fd = port->host < 0 ? port->listener : -1, .events = POLLIN},
        {.fd = port->host, .events = wishes(&port->to_chip, &port->to_host)},
        {.fd = port->chip ? port->line : -1,
         .events = wishes(&port->to_host, &port->to_chip)},
    };
    if (poll(polled, POLLED, patience_ms(port)) < 0 && errno != EINTR)
        fail("poll");
    if (polled[CHIP].revents & POLLOUT && !drain(&port->to_chip, port->line))
        port->to_chip.used = 0;
    if (polled[CHIP].revents & (POLLIN | POLLHUP | POLLERR))
        read_chip(port);
    look_at_terminal(port);
    if (polled[HOST].revents & POLLOUT && !drain(&port->to_host, port->host))
        leave_host(port);
    else if (polled[HOST].revents & (POLLIN | POLLHUP | POLLERR))
        read_host(port);
    if (polled[LISTENER].revents & POLLIN)
        accept_host(port);
    look_at_straps(port);
    if (port->hangs_up && port->host >= 0 && port->way != WAY_PTY)
        leave_host(port);
    port->hangs_up = false;
}

static void read_faults(struct port *port)
{
    const struct {
        const char *key;
        uint32_t *value;
    } rows[] = {
        {"line.lose=", &port->faults.lose},
        {"line.repeat=", &port->faults.repeat},
        {"line.flip=", &port->faults.flip},
        {"line.hang_up=", &port->faults.hang_up},
        {"line.after=", &port->faults.after},
    };
    for (char **option = port->options; *option; option++)
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
            if (strncmp(*option, rows[i].key, strlen(rows[i].key)) == 0)
                *rows[i].value =
                    (uint32_t)strtoul(*option + strlen(rows[i].key), NULL, 0);
}

static enum way parse_way(const char *name)
{
    static const char *const names[] = {"rfc2217", "socket", "pty"};
    for (enum way way = WAY_RFC2217; way <= WAY_PTY; way++)
        if (strcmp(name, names[way]) == 0)
            return way;
    fprintf(stderr, "chip_port: no such way: %s\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    static struct port port = {.listener = -1, .host = -1, .baud = USUAL_BAUD};
    if (argc < 4) {
        fputs("usage: chip_port rfc2217|socket|pty ROM_ELF FLASH_FILE"
              " [key=value...] [-- QEMU_ARGUMENT...]\n",
              stderr);
        return 2;
    }
    port.way = parse_way(argv[1]);
    port.rom = argv[2];
    port.flash = argv[3];
    port.options = argv + 4;
    read_faults(&port);
    port.chip_baud = USUAL_BAUD;
    port.owner = (struct rfc2217_owner){
        .context = &port,
        .data = keep_for_chip,
        .reply = telnet_reply,
        .speed = telnet_speed,
        .lines = set_lines,
    };
    signal(SIGPIPE, SIG_IGN);
    if (port.way == WAY_PTY)
        open_terminal(&port);
    else
        open_socket(&port);
    fflush(stdout);
    start_chip(&port, NULL);
    for (;;)
        serve(&port);
}
