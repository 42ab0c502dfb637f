/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ROM's floating point, which the compiler calls. Numbers are their bits
 * here: the CPU has no registers for them, and C would call these functions.
 */
#ifndef ROM_SOFT_FLOAT_H
#define ROM_SOFT_FLOAT_H

#include <stdint.h>

typedef uint32_t float_bits;
typedef uint64_t double_bits;

float_bits __addsf3(float_bits left, float_bits right);
float_bits __subsf3(float_bits left, float_bits right);
float_bits __mulsf3(float_bits left, float_bits right);
float_bits __floatsisf(int32_t number);
float_bits __floatunsisf(uint32_t number);
uint32_t __fixunssfsi(float_bits number);

double_bits __adddf3(double_bits left, double_bits right);
double_bits __subdf3(double_bits left, double_bits right);
double_bits __muldf3(double_bits left, double_bits right);
double_bits __divdf3(double_bits left, double_bits right);
double_bits __floatsidf(int32_t number);
double_bits __floatunsidf(uint32_t number);
int32_t __fixdfsi(double_bits number);
uint32_t __fixunsdfsi(double_bits number);

double_bits __extendsfdf2(float_bits number);
float_bits __truncdfsf2(double_bits number);

#endif
