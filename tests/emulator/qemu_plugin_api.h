/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few functions of QEMU's plugin interface, version 1, that
 * narrow_plugin.c calls: Debian's packages have no header for it. (QEMU 7.2,
 * "QEMU TCG Plugins" and the symbols it exports)
 */
#ifndef EMULATOR_QEMU_PLUGIN_API_H
#define EMULATOR_QEMU_PLUGIN_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QEMU_PLUGIN_API = 1 };
enum { QEMU_CALLBACK_NO_REGISTERS = 0 };
enum { QEMU_MEMORY_READ_AND_WRITE = 3 };

typedef uint64_t qemu_id;
typedef uint32_t qemu_access;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;

typedef void qemu_on_translation(qemu_id id, struct qemu_plugin_tb *block);
typedef void qemu_on_execution(unsigned cpu, void *context);
typedef void qemu_on_access(unsigned cpu, qemu_access access, uint64_t address,
                            void *context);

/* QEMU's. */
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_id id,
                                           qemu_on_translation *call);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block,
                                          qemu_on_execution *call, int flags,
                                          void *context);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *instruction,
                                      qemu_on_access *call, int flags,
                                      int kinds, void *context);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
unsigned qemu_plugin_mem_size_shift(qemu_access access);
bool qemu_plugin_mem_is_store(qemu_access access);

/* The plugin's, which QEMU looks up. */
extern int qemu_plugin_version;
int qemu_plugin_install(qemu_id id, const struct qemu_info *info, int count,
                        char **arguments);

#endif
