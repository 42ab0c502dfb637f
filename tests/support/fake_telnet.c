/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 2217 from the server's side. */
#include "fake_device.h"
#include <string.h>
#include <unistd.h>

enum { IAC = 255, DONT = 254, DO = 253, WONT = 252, WILL = 251, SB = 250 };
enum { SE = 240, COM_PORT = 44, ANSWER = 100 };
enum { SET_SPEED = 1, SET_CONTROL = 5 };
enum state { DATA, COMMAND, OPTION, SUB, SUB_COMMAND };

static void put(int fd, const void *bytes, size_t size)
{
    ssize_t count = write(fd, bytes, size);
    (void)count; /* a client that is gone is noticed by reading */
}

void fake_telnet_send(const uint8_t *bytes, size_t size, int fd)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t twice[] = {bytes[i], IAC};
        put(fd, twice, bytes[i] == IAC ? 2 : 1);
    }
}

static void negotiate(uint8_t verb, uint8_t option, int fd)
{
    uint8_t reply[] = {IAC, 0, option};
    bool is_known = option == 0 || option == 3 || option == COM_PORT;
    if (verb == WILL)
        reply[1] = is_known ? DO : DONT;
    else if (verb == DO)
        reply[1] = is_known ? WILL : WONT;
    else
        return;
    put(fd, reply, sizeof(reply));
}

static void set_control(struct fake_telnet *telnet, struct fake_chip *chip,
                        uint8_t value)
{
    if (value == 8 || value == 9)
        telnet->dtr = value == 8;
    if (value == 11 || value == 12)
        telnet->rts = value == 11;
    if (value >= 8 && value <= 12 && value != 10)
        fake_chip_lines(chip, telnet->dtr, telnet->rts);
}

static void obey(struct fake_telnet *telnet, struct fake_chip *chip, int fd)
{
    uint8_t *option = telnet->option;
    if (telnet->option_size < 3 || option[0] != COM_PORT)
        return;
    if (option[1] == SET_SPEED && telnet->option_size == 6)
        chip->host_baud = (uint32_t)option[2] << 24 |
                          (uint32_t)option[3] << 16 | (uint32_t)option[4] << 8 |
                          option[5];
    if (option[1] == SET_CONTROL)
        set_control(telnet, chip, option[2]);
    option[1] += ANSWER;
    put(fd, "\xff\xfa", 2);
    fake_telnet_send(option, telnet->option_size, fd);
    put(fd, "\xff\xf0", 2);
}

static void keep(struct fake_telnet *telnet, uint8_t byte)
{
    if (telnet->option_size < sizeof(telnet->option))
        telnet->option[telnet->option_size++] = byte;
}

static void take(struct fake_telnet *telnet, struct fake_chip *chip,
                 uint8_t byte, int fd)
{
    switch ((enum state)telnet->state) {
    case DATA:
        if (byte == IAC)
            telnet->state = COMMAND;
        else
            fake_chip_take(chip, byte);
        break;
    case COMMAND:
        telnet->verb = byte;
        telnet->option_size = 0;
        telnet->state = byte == SB ? SUB : byte >= WILL ? OPTION : DATA;
        if (byte == IAC) {
            telnet->state = DATA;
            fake_chip_take(chip, IAC);
        }
        break;
    case OPTION:
        negotiate(telnet->verb, byte, fd);
        telnet->state = DATA;
        break;
    case SUB:
        if (byte == IAC)
            telnet->state = SUB_COMMAND;
        else
            keep(telnet, byte);
        break;
    case SUB_COMMAND:
        telnet->state = byte == SE ? DATA : SUB;
        if (byte == SE)
            obey(telnet, chip, fd);
        else
            keep(telnet, byte);
        break;
    }
}

void fake_telnet_take(struct fake_telnet *telnet, struct fake_chip *chip,
                      const uint8_t *bytes, size_t size, int fd)
{
    for (size_t i = 0; i < size; i++)
        take(telnet, chip, bytes[i], fd);
}
