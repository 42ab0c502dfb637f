/* SPDX-License-Identifier: Apache-2.0 */
#include "recall.h"
#include <string.h>

/* FNV-1a: whoever makes collisions gets a 412 of his own, and asks anew. */
static uint64_t add_bytes(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

uint64_t recall_key(const struct in6_addr *address, const char *target)
{
    uint64_t hash = add_bytes(0xcbf29ce484222325u, address, sizeof(*address));
    hash = add_bytes(hash, target, strcspn(target, "#"));
    return hash ? hash : 1;
}

static uint64_t version_of(const struct ota_route_entry *entry)
{
    uint64_t version;
    memcpy(&version, entry->sha256, sizeof(version));
    return version;
}

bool recall_differs(const struct recall *recall, uint64_t key,
                    const struct ota_route_entry *entry)
{
    size_t place = key % RECALL_PLACES;
    return recall->places[place].who == key &&
           recall->places[place].version != version_of(entry);
}

void recall_note(struct recall *recall, uint64_t key,
                 const struct ota_route_entry *entry)
{
    size_t place = key % RECALL_PLACES;
    recall->places[place].who = key;
    recall->places[place].version = version_of(entry);
}
