/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/privileges.h"
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static bool deny(const char *user, const char *why, struct ota_error *err)
{
    return ota_fail(err, OTA_E_USER_DENIED, .subject = user, .detail = why);
}

static bool find_user(const char *user, struct passwd **entry,
                      struct ota_error *err)
{
    errno = 0;
    *entry = getpwnam(user);
    if (!*entry)
        return ota_fail(err, OTA_E_USER_UNKNOWN, .subject = user,
                        .detail = errno ? strerror(errno) : NULL);
    if ((*entry)->pw_uid == 0)
        return deny(user, "this user is root itself", err);
    if ((*entry)->pw_gid == 0)
        return deny(user, "the user's group is root's", err);
    return true;
}

/* Groups first: only root may change them. */
static bool change_ids(const struct passwd *entry)
{
    return initgroups(entry->pw_name, entry->pw_gid) == 0 &&
           setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) == 0 &&
           setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static bool is_changed(const struct passwd *entry)
{
    uid_t uids[3];
    gid_t gids[3];
    if (getresuid(&uids[0], &uids[1], &uids[2]) < 0 ||
        getresgid(&gids[0], &gids[1], &gids[2]) < 0)
        return false;
    for (int i = 0; i < 3; i++)
        if (uids[i] != entry->pw_uid || gids[i] != entry->pw_gid)
            return false;
    return setuid(0) < 0 && setgid(0) < 0;
}

bool ota_privileges_drop(const char *user, struct ota_error *err)
{
    struct passwd *entry;
    if (!find_user(user, &entry, err))
        return false;
    if (!change_ids(entry))
        return deny(user, strerror(errno), err);
    return is_changed(entry) || deny(user, "root is still in reach", err);
}
