/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/state_set.h"
#include "random.h"
#include <stdlib.h>

enum { FIRST_CAPACITY = 1024 };

/* Where digest is, or would be. */
static size_t find(const struct ota_state_set *set, uint64_t digest)
{
    size_t at = (size_t)random_mix(digest) & (set->capacity - 1);
    while (set->digests[at] != 0 && set->digests[at] != digest)
        at = (at + 1) & (set->capacity - 1);
    return at;
}

static bool grow(struct ota_state_set *set)
{
    size_t capacity = set->capacity ? 2 * set->capacity : FIRST_CAPACITY;
    struct ota_state_set larger = {
        .digests = calloc(capacity, sizeof(*larger.digests)),
        .depths = calloc(capacity, sizeof(*larger.depths)),
        .capacity = capacity,
        .count = set->count,
    };
    if (!larger.digests || !larger.depths) {
        ota_state_set_release(&larger);
        set->is_out_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < set->capacity; i++)
        if (set->digests[i]) {
            size_t at = find(&larger, set->digests[i]);
            larger.digests[at] = set->digests[i];
            larger.depths[at] = set->depths[i];
        }
    ota_state_set_release(set);
    *set = larger;
    return true;
}

bool ota_state_set_add(struct ota_state_set *set, uint64_t digest,
                       uint8_t depth)
{
    digest |= digest == 0; /* 0 means free */
    if (2 * (set->count + 1) > set->capacity && !grow(set))
        return true;
    size_t at = find(set, digest);
    bool is_new = set->digests[at] == 0;
    if (!is_new && set->depths[at] >= depth)
        return false;
    set->count += is_new;
    set->digests[at] = digest;
    set->depths[at] = depth;
    return true;
}

void ota_state_set_merge(struct ota_state_set *set,
                         const struct ota_state_set *other)
{
    for (size_t i = 0; i < other->capacity; i++)
        if (other->digests[i])
            ota_state_set_add(set, other->digests[i], other->depths[i]);
}

void ota_state_set_release(struct ota_state_set *set)
{
    free(set->digests);
    free(set->depths);
    *set = (struct ota_state_set){0};
}
