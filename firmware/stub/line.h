/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UART 0, without interrupts: its FIFO takes 128 bytes, so whoever waits for
 * anything calls line_look_after() meanwhile, which gathers the next packet
 * while the one before is still in use.
 */
#ifndef STUB_LINE_H
#define STUB_LINE_H

#include "stub/stub.h"

void line_begin(void);
void line_look_after(void);
bool line_receive(struct stub_packet *packet, bool wait);

void line_put(const void *data, uint32_t size);
void line_end_packet(void);
void line_drain(void); /* until all is sent */

bool line_can_speed(uint32_t baud, uint32_t old_baud);
void line_set_speed(uint32_t baud, uint32_t old_baud);

#endif
