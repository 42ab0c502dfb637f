/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler, as lwIP asks about it. */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdint.h>

uint32_t port_cycles(void);
_Noreturn void port_broken(const char *why);

#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_CTYPE_H 1
#define X8_F "02x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "u"
#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(why) port_broken(why)
#define LWIP_RAND() port_cycles()
typedef int sys_prot_t;

#endif
