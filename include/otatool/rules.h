/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an old device accepts, boots and survives, as a table of rules.
 *
 * A rule is a row: a code, how grave it is, what the fact rests on, and a
 * pure function. Rules over the file are asked once for a pack; rules over a
 * device are asked for each kind of old device. pack and verify ask the same
 * table.
 */
#ifndef OTATOOL_RULES_H
#define OTATOOL_RULES_H

#include "otatool/error.h"
#include "otatool/flash_map.h"
#include "otatool/pack.h"

/* One kind of old device. */
struct ota_profile {
    const struct ota_flash_map *map;
    uint8_t boot_version; /* 2 to 7: boot 1.2 to 1.7; 31: 1.1 or none */
    uint8_t running_slot; /* 1: user1 runs, the pack lands in user2 and is
                           * unpacked; 2: it lands at 0x1000 and runs there */
    enum ota_client client;
};

/* A rule over the file. */
struct ota_pack_rule {
    enum ota_code code;
    enum ota_severity severity;
    const char *basis; /* what the fact rests on */
    bool (*holds)(const struct ota_pack *pack, struct ota_error *err);
};

/* A rule over one kind of device; breaking it always means "no". */
struct ota_device_rule {
    enum ota_code code;
    const char *basis;
    bool (*holds)(const struct ota_pack *pack,
                  const struct ota_profile *profile, struct ota_error *err);
};

extern const struct ota_pack_rule ota_pack_rules[];
extern const size_t ota_pack_rule_count;
extern const struct ota_device_rule ota_device_rules[];
extern const size_t ota_device_rule_count;

/*
 * The flash size in bytes that the pack's firmware is configured for, from
 * the bootloader's header or, where that is stamped for a slot, the app's;
 * 0 where neither tells.
 */
uint32_t ota_pack_flash_size(const struct ota_pack *pack);

/*
 * The slot a pack is stamped for: 1 or 2 (user1, user2: where it lands), 0
 * for none. Byte 3 of a bootloader is otherwise its flash size and speed;
 * 1 and 2 would be 512 KB at 26 or 20 MHz, which no new bootloader is.
 */
uint8_t ota_pack_stamp(const struct ota_pack *pack);

/* What one old device of a map, boot and running slot makes of a pack. */
struct ota_verdict {
    uint8_t clients;         /* bit c: client family c can take it */
    enum ota_code broken;    /* the first rule that a client breaks, or 0 */
    struct ota_error reason; /* its facts */
};

/*
 * Asks the device rules for every client family. Meaningful for a pack that
 * no refusing pack rule rejects.
 */
struct ota_verdict ota_rules_judge(const struct ota_pack *pack,
                                   const struct ota_flash_map *map,
                                   uint8_t boot_version, uint8_t running_slot);

#endif
