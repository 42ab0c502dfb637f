/* SPDX-License-Identifier: Apache-2.0 */
#include "choice.h"

static struct choice_made made(enum choice choice, const char *reason)
{
    return (struct choice_made){choice, reason};
}

static struct choice_made pack_for_old(int slot,
                                       const struct ota_catalog_facts *facts)
{
    if (slot && facts->slot != slot)
        return made(CHOICE_STAMPED, "a pack, stamped for the slot");
    return made(CHOICE_AS_IS, "a pack");
}

static struct choice_made for_old(int slot,
                                  const struct ota_catalog_facts *facts)
{
    if (facts->is_arduino)
        return made(CHOICE_NONE, "an Arduino sketch, to an old SDK");
    switch (facts->kind) {
    case OTA_KIND_PACK:
        return pack_for_old(slot, facts);
    case OTA_KIND_USER:
        if (slot && facts->slot && facts->slot != slot)
            return made(CHOICE_NONE, "a user image for the other slot");
        return made(CHOICE_AS_IS, "a user image");
    case OTA_KIND_USER_FLAT:
        return made(CHOICE_AS_IS, "a user image");
    case OTA_KIND_UNKNOWN:
        return made(CHOICE_AS_IS, "no firmware that is known");
    case OTA_KIND_BOOTLOADER:
        if (facts->is_sealed)
            return made(CHOICE_AS_IS, "sealed for an old SDK");
        return made(CHOICE_NONE, "no file that an old SDK could start");
    default:
        return made(CHOICE_NONE, "no file that an old SDK could start");
    }
}

static struct choice_made pack_for_v3(enum family family)
{
    if (family == FAMILY_V3)
        return made(CHOICE_AS_IS, "a pack, whose front the client skips");
    if (family == FAMILY_AGENT)
        return made(CHOICE_AS_IS, "a pack, of which the client takes the app");
    return made(CHOICE_APP_ALONE, "the app alone, out of a pack");
}

static struct choice_made for_v3(enum family family,
                                 const struct ota_catalog_facts *facts)
{
    if (facts->is_arduino)
        return made(CHOICE_NONE, "an Arduino sketch, to the SDK 3");
    switch (facts->kind) {
    case OTA_KIND_PACK:
        return pack_for_v3(family);
    case OTA_KIND_APP:
    case OTA_KIND_APP_PAIR:
        return made(CHOICE_AS_IS, "an app");
    case OTA_KIND_UNKNOWN:
        return made(CHOICE_AS_IS, "no firmware that is known");
    default:
        return made(CHOICE_NONE, "no file that the SDK 3 could start");
    }
}

static struct choice_made for_arduino(const struct ota_catalog_facts *facts)
{
    if (facts->is_arduino)
        return made(CHOICE_AS_IS, "an Arduino sketch");
    if (facts->kind == OTA_KIND_UNKNOWN)
        return made(CHOICE_AS_IS, "no firmware that is known");
    return made(CHOICE_NONE, "firmware of another SDK, to Arduino");
}

struct choice_made choice_of_file(enum family family, int slot,
                                  const struct ota_catalog_facts *facts)
{
    if (family_is_old(family))
        return for_old(slot, facts);
    if (family_is_v3(family))
        return for_v3(family, facts);
    if (family == FAMILY_ARDUINO || family == FAMILY_TASMOTA ||
        family == FAMILY_ESPHOME)
        return for_arduino(facts);
    return made(CHOICE_AS_IS, "named");
}

struct choice_made choice_of_offer(enum family family, int slot,
                                   const struct ota_catalog_facts *pack,
                                   const struct ota_catalog_facts *app,
                                   bool *is_new)
{
    *is_new = false;
    if (pack && !pack->is_sound)
        pack = NULL;
    if (app && !app->is_sound)
        app = NULL;
    if (family_is_old(family) && pack)
        return pack_for_old(slot, pack);
    if (!family_is_v3(family))
        return made(CHOICE_NONE, "nothing tells which file is safe");
    /* The examples of the SDK skip the front of whatever they get. */
    *is_new = app && (family != FAMILY_V3 || !pack);
    if (*is_new)
        return made(family == FAMILY_V3 ? CHOICE_NONE : CHOICE_AS_IS,
                    family == FAMILY_V3 ? "the client may skip the front"
                                        : "an app");
    return pack ? pack_for_v3(family) : made(CHOICE_NONE, "there is no file");
}
