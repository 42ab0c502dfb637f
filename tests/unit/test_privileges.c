/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/privileges.h"
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a process of its own: there is no way back. */
static int in_child(int (*body)(void))
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(body());
    int status;
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void need_root(void)
{
    if (geteuid() != 0)
        skip();
}

static int becomes_nobody_for_good(void)
{
    gid_t groups[64] = {0, 4};
    const struct passwd *nobody = getpwnam("nobody");
    if (!nobody || setgroups(2, groups) < 0 ||
        !ota_privileges_drop("nobody", NULL))
        return 1;
    if (getuid() != nobody->pw_uid || geteuid() != nobody->pw_uid ||
        getgid() != nobody->pw_gid || getegid() != nobody->pw_gid)
        return 2;
    int count = getgroups(64, groups);
    for (int i = 0; i < count; i++)
        if (groups[i] == 0 || groups[i] == 4)
            return 3;
    if (seteuid(0) == 0 || setegid(0) == 0 || setgroups(0, NULL) == 0)
        return 4;
    FILE *secret = fopen("/etc/shadow", "r");
    return secret ? 5 : 0;
}

static void root_becomes_a_user_for_good(void **state)
{
    (void)state;
    need_root();
    assert_int_equal(in_child(becomes_nobody_for_good), 0);
}

static sem_t is_dropped;

static void *say_who(void *who)
{
    sem_wait(&is_dropped);
    *(uid_t *)who = geteuid();
    return NULL;
}

static int takes_all_threads_along(void)
{
    pthread_t thread;
    uid_t who = 0;
    sem_init(&is_dropped, 0, 0);
    if (pthread_create(&thread, NULL, say_who, &who) != 0 ||
        !ota_privileges_drop("nobody", NULL))
        return 1;
    sem_post(&is_dropped);
    pthread_join(thread, NULL);
    return who == geteuid() && who != 0 ? 0 : 2;
}

static void threads_are_taken_along(void **state)
{
    (void)state;
    need_root();
    assert_int_equal(in_child(takes_all_threads_along), 0);
}

static void an_unknown_user_and_root_are_refused(void **state)
{
    (void)state;
    struct ota_error err;
    uid_t before = geteuid();
    assert_false(ota_privileges_drop("no such user", &err));
    assert_int_equal(err.code, OTA_E_USER_UNKNOWN);
    assert_string_equal(err.subject, "no such user");
    assert_false(ota_privileges_drop("root", &err));
    assert_int_equal(err.code, OTA_E_USER_DENIED);
    assert_non_null(err.detail);
    assert_int_equal(geteuid(), before);
}

static int is_denied_to_others(void)
{
    struct ota_error err;
    if (geteuid() == 0 && !ota_privileges_drop("nobody", NULL))
        return 1;
    if (ota_privileges_drop("daemon", &err))
        return 2;
    return err.code == OTA_E_USER_DENIED && err.detail ? 0 : 3;
}

static void only_root_can_become_another(void **state)
{
    (void)state;
    assert_int_equal(in_child(is_denied_to_others), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_becomes_a_user_for_good),
        cmocka_unit_test(threads_are_taken_along),
        cmocka_unit_test(an_unknown_user_and_root_are_refused),
        cmocka_unit_test(only_root_can_become_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
