/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device on its way to the new SDK, in native code: the rules of its old
 * boot, then the very engine that our boot is on the chip, over a simulated
 * flash. A start takes a fraction of a millisecond.
 *
 * Instead of our boot, Espressif's unpacker may run, modelled from its
 * documented steps, to show what it would have risked.
 */
#ifndef OTATOOL_NATIVE_DEVICE_H
#define OTATOOL_NATIVE_DEVICE_H

#include "otatool/chip.h"
#include "otatool/migrate.h"
#include "otatool/pack.h"
#include "otatool/simulate.h"

/* A pack that is rehearsed; read once, shared by all devices. */
struct ota_native_pack {
    struct ota_pack pack; /* its source is over data */
    const uint8_t *data;  /* borrowed */
    uint32_t size;
    uint32_t *words; /* the bootloader's code; owned */
    struct ota_boot_code code;
};

/* Fails where the pack lacks a bootloader, a table or an app: nothing is to
 * be simulated then. */
OTA_CHECKED bool ota_native_pack_init(struct ota_native_pack *pack,
                                      const uint8_t *data, size_t size,
                                      struct ota_error *err);
void ota_native_pack_release(struct ota_native_pack *pack);

enum ota_native_boot { OTA_NATIVE_OURS, OTA_NATIVE_UPSTREAM };

struct ota_native_device {
    struct ota_rehearsal_device kind;
    const struct ota_native_pack *pack; /* borrowed */
    enum ota_native_boot boot;
    uint8_t *before;  /* the whole flash; owned */
    uint64_t settled; /* digest of a flash from which all stays as it is */
};

OTA_CHECKED bool ota_native_device_init(struct ota_native_device *device,
                                        const struct ota_rehearsal_device *kind,
                                        const struct ota_native_pack *pack,
                                        enum ota_native_boot boot,
                                        struct ota_error *err);
void ota_native_device_release(struct ota_native_device *device);

/* The flash as the old firmware left it; chip holds just that many bytes. */
void ota_native_device_put(const struct ota_native_device *device,
                           struct ota_chip *chip);

/*
 * The power returns; the device runs, over all its restarts, until an app
 * starts or it is lost. The app must be the pack's, byte for byte, behind a
 * whole bootloader and table, with blank settings, and must start again at
 * the next power-on without a change of the flash. context is a struct
 * ota_native_device. Meaningless where the chip is off afterwards.
 */
enum ota_rehearsal_end ota_native_device_power_on(void *context,
                                                  struct ota_chip *chip);

#endif
