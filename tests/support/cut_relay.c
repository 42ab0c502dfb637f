/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bad line: a TCP relay on the loopback that cuts one answer short.
 *
 *   cut_relay SERVER_PORT BYTES
 *
 * Prints its own port and relays every connection to the server's. The first
 * answer that is longer than BYTES is cut there; all later ones pass. Runs
 * until it is killed.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct line {
    bool was_cut; /* shared by all connections */
};

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

static int open_listener(int *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 ||
        listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return -1;
    *port = ntohs(address.sin_port);
    return fd;
}

static bool copy(int from, int to, size_t limit, size_t *copied)
{
    char buffer[2048];
    size_t room = sizeof(buffer) < limit ? sizeof(buffer) : limit;
    ssize_t n = recv(from, buffer, room, 0);
    if (n <= 0)
        return false;
    *copied += (size_t)n;
    return send(to, buffer, (size_t)n, MSG_NOSIGNAL) == n;
}

static void relay(int client, int server, struct line *line, size_t bytes)
{
    size_t answered = 0;
    size_t asked = 0;
    struct pollfd fds[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    while (poll(fds, 2, -1) > 0) {
        if (fds[0].revents && !copy(client, server, SIZE_MAX, &asked))
            return;
        if (!fds[1].revents)
            continue;
        size_t limit = line->was_cut ? SIZE_MAX : bytes - answered;
        if (!copy(server, client, limit, &answered))
            return;
        if (!line->was_cut && answered >= bytes) {
            line->was_cut = true;
            return;
        }
    }
}

_Noreturn static void serve(int client, int port, struct line *line,
                            size_t bytes)
{
    struct sockaddr_in address = loopback(port);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server >= 0 &&
        connect(server, (struct sockaddr *)&address, sizeof(address)) == 0)
        relay(client, server, line, bytes);
    _exit(0);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("Usage: cut_relay SERVER_PORT BYTES\n", stderr);
        return 2;
    }
    int server_port = (int)strtoul(argv[1], NULL, 10);
    size_t bytes = strtoul(argv[2], NULL, 10);
    struct line *line = mmap(NULL, sizeof(*line), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int port;
    int listener = open_listener(&port);
    if (listener < 0 || line == MAP_FAILED) {
        perror("cut_relay");
        return 1;
    }
    printf("%d\n", port);
    fflush(stdout);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0)
            continue;
        if (fork() == 0)
            serve(client, server_port, line, bytes);
        close(client);
    }
}
