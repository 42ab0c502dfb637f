/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka wants these four in this order before its own header. */
#ifndef OTATOOL_TESTS_CMOCKA_ALL_H
#define OTATOOL_TESTS_CMOCKA_ALL_H

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
