/* SPDX-License-Identifier: Apache-2.0 */
#include "chip/rom.h"
#include "chip/watchdog.h"
#include "lwip/init.h"
#include "lwip/ip_addr.h"
#include "lwip/sys.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "open_eth.h"
#include "port.h"
#include "rom/semihosting.h"

enum { MOST_SEGMENTS = 16, SEND_TIMEOUT_MS = 10000, BROKEN = 70 };

/* The connection; segments are kept as they came. */
static struct {
    struct netif netif;
    struct tcp_pcb *pcb; /* NULL: none, or lwIP has freed it */
    struct pbuf *segments[MOST_SEGMENTS];
    uint32_t first;
    uint32_t count;
    uint32_t taken; /* bytes of the first segment */
    bool is_open;
    bool has_ended; /* the peer sends no more */
    uint32_t kicked;
} net;

void settings_read(void);

void port_broken(const char *why)
{
    ets_printf("lwIP: %s\n", why);
    host_exit(BROKEN);
}

/* --- turning the wheel -------------------------------------------------- */

/* An armed timer makes QEMU look at its sockets; without one each event on
 * them waits for up to a second. */
static void kick_timer(void)
{
    enum { INTERVAL = 40000 };
    uint32_t cycles = port_cycles();
    if (cycles - net.kicked < INTERVAL)
        return;
    net.kicked = cycles;
    __asm__ volatile("wsr %0, ccompare0\n esync" ::"r"(cycles + INTERVAL));
}

static void poll(void)
{
    watchdog_feed();
    open_eth_poll(&net.netif);
    sys_check_timeouts();
    kick_timer();
}

static bool is_over(uint32_t start, uint32_t timeout_ms)
{
    return sys_now() - start > timeout_ms;
}

/* --- what lwIP calls ---------------------------------------------------- */

static err_t on_receive(void *context, struct tcp_pcb *pcb,
                        struct pbuf *segment, err_t error)
{
    (void)context, (void)pcb, (void)error;
    if (!segment) {
        net.has_ended = true;
        return ERR_OK;
    }
    if (net.count == MOST_SEGMENTS)
        return ERR_MEM; /* lwIP offers it again */
    net.segments[(net.first + net.count++) % MOST_SEGMENTS] = segment;
    return ERR_OK;
}

static void on_error(void *context, err_t error)
{
    (void)context, (void)error;
    net.pcb = NULL;
    net.is_open = false;
}

static err_t on_open(void *context, struct tcp_pcb *pcb, err_t error)
{
    (void)context, (void)pcb, (void)error;
    net.is_open = true;
    return ERR_OK;
}

/* --- what the client calls ---------------------------------------------- */

static void drop_first(void)
{
    pbuf_free(net.segments[net.first]);
    net.first = (net.first + 1) % MOST_SEGMENTS;
    net.count--;
    net.taken = 0;
}

static void close_connection(void *context)
{
    (void)context;
    while (net.count > 0)
        drop_first();
    if (net.pcb) {
        tcp_arg(net.pcb, NULL);
        tcp_recv(net.pcb, NULL);
        tcp_err(net.pcb, NULL);
        if (tcp_close(net.pcb) != ERR_OK)
            tcp_abort(net.pcb);
    }
    net.pcb = NULL;
    net.is_open = net.has_ended = false;
}

static bool open_connection(void *context, const char *host, uint16_t port,
                            uint32_t timeout_ms, struct ota_error *err)
{
    ip_addr_t address;
    close_connection(context);
    if (!ipaddr_aton(host, &address))
        return ota_fail(err, OTA_E_ADDRESS_UNKNOWN, .part = "server");
    net.pcb = tcp_new();
    if (!net.pcb)
        return ota_fail(err, OTA_E_CONNECT, .part = "server");
    tcp_recv(net.pcb, on_receive);
    tcp_err(net.pcb, on_error);
    uint32_t start = sys_now();
    if (tcp_connect(net.pcb, &address, port, on_open) == ERR_OK)
        while (net.pcb && !net.is_open && !is_over(start, timeout_ms))
            poll();
    if (net.is_open)
        return true;
    close_connection(context);
    return ota_fail(err, OTA_E_CONNECT, .part = "server", .actual = port);
}

static bool send_all(void *context, const void *data, uint32_t size,
                     struct ota_error *err)
{
    const uint8_t *bytes = data;
    uint32_t start = sys_now();
    (void)context;
    while (size > 0 && net.pcb && !is_over(start, SEND_TIMEOUT_MS)) {
        uint32_t step = tcp_sndbuf(net.pcb);
        if (step > size)
            step = size;
        if (step > 0 && tcp_write(net.pcb, bytes, (u16_t)step,
                                  TCP_WRITE_FLAG_COPY) == ERR_OK) {
            tcp_output(net.pcb);
            bytes += step;
            size -= step;
        }
        poll();
    }
    return size == 0 || ota_fail(err, OTA_E_CUT_OFF, .part = "request");
}

static uint32_t take(void *data, uint32_t size)
{
    struct pbuf *segment = net.segments[net.first];
    uint32_t left = segment->tot_len - net.taken;
    if (size > left)
        size = left;
    pbuf_copy_partial(segment, data, (u16_t)size, (u16_t)net.taken);
    net.taken += size;
    if (net.taken == segment->tot_len)
        drop_first();
    if (net.pcb)
        tcp_recved(net.pcb, (u16_t)size);
    return size;
}

static bool receive(void *context, void *data, uint32_t size,
                    uint32_t timeout_ms, uint32_t *got, struct ota_error *err)
{
    uint32_t start = sys_now();
    (void)context;
    while (net.count == 0 && net.pcb && !net.has_ended) {
        if (is_over(start, timeout_ms))
            return ota_fail(err, OTA_E_TIMEOUT, .part = "server");
        poll();
    }
    *got = net.count > 0 ? take(data, size) : 0;
    return *got > 0 || net.has_ended ||
           ota_fail(err, OTA_E_CUT_OFF, .part = "answer");
}

const struct agent_net port_net = {
    .open = open_connection,
    .send = send_all,
    .receive = receive,
    .close = close_connection,
};

/* --- beginning and end -------------------------------------------------- */

/* QEMU's user network: the host is 10.0.2.2, we are 10.0.2.15. */
void port_start(void)
{
    ip4_addr_t own, mask, gateway;
    settings_read();
    IP4_ADDR(&own, 10, 0, 2, 15);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 10, 0, 2, 2);
    lwip_init();
    netif_add(&net.netif, &own, &mask, &gateway, NULL, open_eth_start,
              netif_input);
    netif_set_default(&net.netif);
    netif_set_up(&net.netif);
}

void port_restart(void)
{
    enum { FAREWELL_MS = 5 };
    uint32_t start = sys_now();
    close_connection(NULL);
    while (!is_over(start, FAREWELL_MS))
        poll();
    open_eth_stop();
    rom_software_reboot();
}
