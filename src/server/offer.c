/* SPDX-License-Identifier: Apache-2.0 */
#include "offer.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

static const char cloud_path[] = "/v1/device/rom/";

/* The old cloud's answer, in which two versions of AT firmware look for two
 * keys with the quotes just so. */
static const char cloud_answer[] = "{\"recommended_rom_version\": \"v9.99\"}";

/* --- what the options offer --------------------------------------------- */

static bool open_one(struct ota_catalog **catalog, const char *path,
                     bool is_new, struct ota_error *err)
{
    struct ota_catalog_entry *entry;
    if (!path)
        return true;
    if (!ota_catalog_new(catalog, path, err))
        return false;
    if (ota_catalog_find(*catalog, "/", &entry) != 200)
        return ota_fail(err, OTA_E_FILE_READ, .subject = path);
    enum ota_kind kind = entry->facts.kind;
    bool fits = is_new ? kind == OTA_KIND_APP || kind == OTA_KIND_APP_PAIR
                       : kind == OTA_KIND_PACK;
    bool is_sound = entry->facts.is_sound;
    enum ota_code broken = entry->facts.broken;
    ota_catalog_release(entry);
    if (!fits)
        return ota_fail(err, is_new ? OTA_E_OFFER_NEW : OTA_E_OFFER_OLD,
                        .subject = path, .detail = ota_kind_name(kind));
    return is_sound || ota_fail(err, broken, .subject = path);
}

bool offers_open(struct offers *offers,
                 const struct ota_server_options *options,
                 struct ota_error *err)
{
    return open_one(&offers->old, options->old, false, err) &&
           open_one(&offers->new, options->new, true, err);
}

void offers_release(struct offers *offers)
{
    ota_catalog_free(offers->old);
    ota_catalog_free(offers->new);
}

void offers_look(struct shared *shared)
{
    struct offers *offers = shared->offers;
    pthread_mutex_lock(&shared->lock);
    ota_catalog_look(shared->catalog);
    if (offers->old)
        ota_catalog_look(offers->old);
    if (offers->new)
        ota_catalog_look(offers->new);
    pthread_mutex_unlock(&shared->lock);
}

/* The named one, or the only one of its kind in the folder. */
static struct ota_catalog_entry *on_offer(struct shared *shared, bool is_new)
{
    const char *name;
    struct ota_catalog_entry *entry = NULL;
    const struct offers *offers = shared->offers;
    struct ota_catalog *catalog = is_new ? offers->new : offers->old;
    enum ota_kind kind = is_new ? OTA_KIND_APP : OTA_KIND_PACK;
    if (catalog)
        ota_catalog_find(catalog, "/", &entry);
    else if (ota_catalog_count(shared->catalog, kind, &name) == 1)
        ota_catalog_find_name(shared->catalog, name, &entry);
    return entry;
}

unsigned offers_count(struct shared *shared, bool is_new, char *name,
                      size_t size)
{
    const struct ota_server_options *options = shared->options;
    const char *found = is_new ? options->new : options->old;
    unsigned count = 1;
    pthread_mutex_lock(&shared->lock);
    if (!found)
        count = ota_catalog_count(
            shared->catalog, is_new ? OTA_KIND_APP : OTA_KIND_PACK, &found);
    snprintf(name, size, "%s", count ? found : "");
    pthread_mutex_unlock(&shared->lock);
    return count;
}

/* --- the choice --------------------------------------------------------- */

static struct offered none(unsigned status, const char *reason)
{
    return (struct offered){.status = status, .file = "-", .reason = reason};
}

/* Takes entry. */
static struct offered give(struct ota_catalog_entry *entry, const char *file,
                           const char *reason)
{
    return (struct offered){200, entry, file, reason, false};
}

/* Takes entry. */
static struct offered give_variant(struct ota_catalog_entry *entry,
                                   enum ota_catalog_variant variant,
                                   const char *file, const char *reason)
{
    struct ota_catalog_entry *made = ota_catalog_variant(entry, variant);
    ota_catalog_release(entry);
    return made ? give(made, file, reason)
                : none(404, "the file has no such form");
}

/* Takes entry. */
static struct offered carry_out(struct choice_made made, int slot,
                                struct ota_catalog_entry *entry)
{
    switch (made.choice) {
    case CHOICE_AS_IS:
        return give(entry, ota_kind_name(entry->facts.kind), made.reason);
    case CHOICE_STAMPED:
        return slot == 1 ? give_variant(entry, OTA_VARIANT_USER1,
                                        "pack for user1", made.reason)
                         : give_variant(entry, OTA_VARIANT_USER2,
                                        "pack for user2", made.reason);
    case CHOICE_APP_ALONE:
        return give_variant(entry, OTA_VARIANT_APP, "app of the pack",
                            made.reason);
    default:
        ota_catalog_release(entry);
        return none(404, made.reason);
    }
}

static const struct ota_catalog_facts *
facts_of(const struct ota_catalog_entry *entry)
{
    return entry ? &entry->facts : NULL;
}

/* Two that were found, not named, may be of two products. */
static bool are_strangers(const struct offers *offers,
                          const struct ota_catalog_entry *pack,
                          const struct ota_catalog_entry *app)
{
    return !offers->old && !offers->new &&pack &&app &&strcmp(
                               pack->facts.project, app->facts.project) != 0;
}

static struct offered from_offer(struct shared *shared, enum family family,
                                 int slot)
{
    struct ota_catalog_entry *pack = on_offer(shared, false);
    struct ota_catalog_entry *app = on_offer(shared, true);
    bool is_new;
    if (are_strangers(shared->offers, pack, app)) {
        ota_catalog_release(pack);
        ota_catalog_release(app);
        return none(404, "the pack and the app are of two projects");
    }
    struct choice_made made =
        choice_of_offer(family, slot, facts_of(pack), facts_of(app), &is_new);
    ota_catalog_release(is_new ? pack : app);
    struct ota_catalog_entry *chosen = is_new ? app : pack;
    return chosen ? carry_out(made, slot, chosen) : none(404, made.reason);
}

/* --- names that stand for others ----------------------------------------- */

static size_t path_size(const char *target)
{
    return strcspn(target, "?#");
}

static bool ends_with(const char *target, const char *end)
{
    size_t size = path_size(target);
    size_t length = strlen(end);
    return size > length && memcmp(target + size - length, end, length) == 0;
}

/* The target without the ending that names another form. */
static struct offered find_derived(struct shared *shared, const char *target)
{
    static const struct {
        const char *ending;
        enum ota_catalog_variant variant;
        const char *file;
    } forms[] = {
        {".md5", OTA_VARIANT_MD5, "MD5 of the file"},
        {".gz", OTA_VARIANT_GZIP, "file compressed"},
    };
    char plain[PATH_MAX];
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        size_t size = path_size(target);
        if (!ends_with(target, forms[i].ending) || size >= sizeof(plain))
            continue;
        size -= strlen(forms[i].ending);
        memcpy(plain, target, size);
        plain[size] = '\0';
        struct ota_catalog_entry *entry;
        if (!ends_with(plain, ".bin") ||
            ota_catalog_find(shared->catalog, plain, &entry) != 200)
            continue;
        /* Only Arduino's boot unpacks. */
        if (forms[i].variant == OTA_VARIANT_GZIP && !entry->facts.is_arduino) {
            ota_catalog_release(entry);
            continue;
        }
        return give_variant(entry, forms[i].variant, forms[i].file, "named");
    }
    return none(404, "there is no such file");
}

static struct offered answer_cloud(void)
{
    uint8_t *text = (uint8_t *)strdup(cloud_answer);
    struct ota_catalog_entry *entry =
        text ? ota_catalog_entry_new(text, sizeof(cloud_answer) - 1,
                                     "application/json", 0)
             : NULL;
    if (!entry)
        return none(500, "no memory");
    struct offered offered = give(entry, "version", "the old cloud's path");
    offered.is_last = true;
    return offered;
}

/* Why the catalog has the target, and has not its bytes. */
static const char *why_unread(unsigned status)
{
    switch (status) {
    case 400:
        return "the target is no path in the folder";
    case 403:
        return "the file is too large, or closed to the server";
    case 503:
        return "the file is being written, or no more can be opened";
    default:
        return "the file cannot be read";
    }
}

struct offered offer_find(struct shared *shared, const struct head *head,
                          const struct client_kind *kind)
{
    struct ota_catalog_entry *entry;
    const char *target = head->target;
    int slot = family_slot_of(target);
    bool is_cloud = strncmp(target, cloud_path, strlen(cloud_path)) == 0;
    if (is_cloud && !slot)
        return answer_cloud();
    unsigned status =
        is_cloud
            ? ota_catalog_find(shared->catalog,
                               slot == 1 ? "/user1.bin" : "/user2.bin", &entry)
            : ota_catalog_find(shared->catalog, target, &entry);
    struct offered offered;
    if (status == 200)
        offered = carry_out(choice_of_file(kind->family, slot, &entry->facts),
                            slot, entry);
    else if (status == 404)
        offered = find_derived(shared, target);
    else
        return none(status, why_unread(status));
    bool is_firmware = is_cloud || ends_with(target, ".bin");
    if (offered.status != 404 || !is_firmware)
        return offered;
    struct offered other = from_offer(shared, kind->family, slot);
    return other.status == 200 || status != 200 ? other : offered;
}
