/* SPDX-License-Identifier: Apache-2.0 */
/* How a device of the new SDK is known; those of the old one say nothing. */
#ifndef OTATOOL_BENCH_NEW_SDK_H
#define OTATOOL_BENCH_NEW_SDK_H

#define NEW_SDK_FIELD "User-Agent: ESP32 HTTP Client/1.0\r\n"

#endif
