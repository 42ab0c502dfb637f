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
 * together, once line.after=N have passed; line.stall=N stops it for a while,
 * line.hang_up=N cuts the connection each time, a terminal's excepted.
 * line.pace=1 makes it as slow as its speed. What the chip's console says, how
 * each run ends, and how many bytes a connection carried goes to standard
 * error. Ends on SIGTERM, and the chip with it.
 *
 * DTR and RTS work through the two transistors of the usual boards: RTS alone
 * holds the chip in reset, DTR alone pulls GPIO0 low. A chip that leaves its
 * reset looks at GPIO0 a moment later, since a capacitor holds it: whoever
 * sets one line after the other, as is usual, reaches the loader.
 */
#include "bad_line.h"
#include "emulated_chip.h"
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
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    ROOM = 1 << 18,
    CHUNK = 4096,
    STEP = 64,
    RECORD_WORDS = 2, /* as firmware/rom/uart.h has them */
    USUAL_BAUD = 115200,
    TOLERANCE_PERCENT = 4,
    STRAP_MS = 150, /* from the end of a reset to the look at GPIO0 */
};

enum way { WAY_RFC2217, WAY_SOCKET, WAY_PTY };

struct queue {
    uint8_t bytes[ROOM];
    size_t used;
};

struct port {
    enum way way;
    int listener;
    int host; /* connection or terminal, -1: none */
    uint32_t baud;
    struct bad_line line;
    struct rfc2217 telnet;
    struct rfc2217_owner owner;
    struct emulated_chip chip; /* not running: in reset, or dead */
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

static void start_chip(struct port *port, const char *straps)
{
    emulated_chip_start(&port->chip, straps);
    port->record_used = 0;
    port->record_left = 0;
    port->to_chip.used = 0;
}

static void set_lines(void *context, bool dtr, bool rts)
{
    struct port *port = context;
    bool is_in_reset = rts && !dtr;
    bool is_gpio0_low = dtr && !rts;
    if (is_in_reset) {
        emulated_chip_stop(&port->chip);
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

static void pass_to_chip(struct port *port)
{
    const uint32_t record[RECORD_WORDS] = {port->baud,
                                           (uint32_t)port->sent_size};
    bad_line_carry(&port->line, LINE_TO_CHIP, (uint32_t)port->sent_size,
                   port->baud);
    if (port->chip.pid != 0 && port->sent_size != 0) {
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
    bad_line_carry(&port->line, LINE_TO_HOST, 1, port->chip_baud);
    uint32_t times = bad_line_disturb(&port->line, LINE_TO_HOST, &byte);
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

/* Little where time counts, since none passes within. */
static size_t at_once(const struct port *port)
{
    return port->line.pace || port->line.stall ? STEP : CHUNK;
}

static void read_chip(struct port *port)
{
    uint8_t bytes[CHUNK];
    ssize_t size = read(port->chip.line, bytes, at_once(port));
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0)
        emulated_chip_bury(&port->chip);
    for (ssize_t i = 0; i < size; i++)
        take_from_chip(port, bytes[i]);
}

/* Of what is read at once, so it has room, even twice. */
static void keep_for_chip(void *context, uint8_t byte)
{
    struct port *port = context;
    uint32_t times = bad_line_disturb(&port->line, LINE_TO_CHIP, &byte);
    for (; times > 0; times--)
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
    bad_line_report(&port->line);
}

static void read_host(struct port *port)
{
    uint8_t bytes[CHUNK];
    ssize_t size = read(port->host, bytes, at_once(port));
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

static int sooner(int ms, int other)
{
    return ms < 0 || other < ms ? other : ms;
}

static int patience_ms(const struct port *port)
{
    int ms = -1;
    for (enum line_way way = LINE_TO_CHIP; way < LINE_WAYS; way++) {
        int wait = bad_line_wait_ms(&port->line, way);
        ms = wait > 0 ? sooner(ms, wait) : ms;
    }
    if (port->look_at_straps_ms == 0)
        return ms;
    int64_t left = port->look_at_straps_ms - now_ms();
    return sooner(ms, left > 0 ? (int)left : 0);
}

static short wishes(const struct port *port, enum line_way way,
                    const struct queue *in, const struct queue *out)
{
    bool may_read = has_room(in) && bad_line_wait_ms(&port->line, way) == 0;
    return (short)((may_read ? POLLIN : 0) | (out->used > 0 ? POLLOUT : 0));
}

static void serve(struct port *port)
{
    /* First, or a way may become free in between that nobody waits for. */
    int patience = patience_ms(port);
    struct pollfd polled[POLLED] = {
        {.fd = port->host < 0 ? port->listener : -1, .events = POLLIN},
        {.fd = port->host,
         .events = wishes(port, LINE_TO_CHIP, &port->to_chip, &port->to_host)},
        {.fd = port->chip.pid ? port->chip.line : -1,
         .events = wishes(port, LINE_TO_HOST, &port->to_host, &port->to_chip)},
    };
    if (poll(polled, POLLED, patience) < 0 && errno != EINTR)
        fail("poll");
    if (polled[CHIP].revents & POLLOUT &&
        !drain(&port->to_chip, port->chip.line))
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
    if (bad_line_hangs_up(&port->line) && port->host >= 0 &&
        port->way != WAY_PTY)
        leave_host(port);
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
    port.chip.rom = argv[2];
    port.chip.flash = argv[3];
    port.chip.options = argv + 4;
    bad_line_read(&port.line, port.chip.options);
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
