/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs otatool on every case of a file of vectors and compares what comes
 * out with what the reference tool made of the same input.
 *
 *   run_vectors OTATOOL VECTORS.JSON [PART OF AN ID]
 *
 * A case is {"id", "verdict", "argv", "files", "env", "outputs", "exit"}:
 * argv follows the word otatool; files maps paths to inputs (names or specs)
 * that are made first; outputs maps paths to {"len", "sha256"}, or null for
 * a file that must not be there, and "-" is stdout. Without "exit" the
 * verdicts ok and silent-bad mean status 0, refused and crash 1 or 2.
 * Nothing else may lie in the folder afterwards.
 */
#include "input.h"
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <nettle/sha2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ARGUMENTS = 256, EXEC_STATUS = 98 };

struct runner {
    const char *program;
    struct input_set inputs;
    char root[PATH_MAX - 256]; /* scratch: work/, out, err */
    const char *id;
    bool has_failed; /* the case at hand */
};

static void complain(struct runner *runner, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void complain(struct runner *runner, const char *format, ...)
{
    va_list arguments;
    printf("%s: ", runner->id);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    runner->has_failed = true;
}

static void read_file(const char *path, struct blob *out)
{
    FILE *file = fopen(path, "rbe");
    char buffer[65536];
    size_t n;
    if (!file)
        spec_fail("cannot be read", path);
    while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0)
        blob_append(out, buffer, n);
    fclose(file);
}

static void make_folders(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof(folder), "%s", path);
    for (char *c = strchr(folder + 1, '/'); c; c = strchr(c + 1, '/')) {
        *c = '\0';
        mkdir(folder, 0777);
        *c = '/';
    }
}

static void make_files(struct runner *runner, const json_t *test)
{
    const char *path;
    json_t *input;
    json_object_foreach(json_object_get(test, "files"), path, input)
    {
        char full[PATH_MAX];
        snprintf(full, sizeof(full), "%s/work/%s", runner->root, path);
        make_folders(full);
        struct blob blob = input_resolve(&runner->inputs, input);
        FILE *file = fopen(full, "wbe");
        if (!file || (blob.size > 0 &&
                      fwrite(blob.data, 1, blob.size, file) != blob.size))
            spec_fail("cannot be written", full);
        fclose(file);
        blob_release(&blob);
    }
}

static void redirect(const struct runner *runner, const char *name, int fd)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", runner->root, name);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || dup2(file, fd) < 0)
        _exit(EXEC_STATUS);
}

static void set_environment(const json_t *test)
{
    const char *name;
    json_t *value;
    clearenv();
    setenv("LC_ALL", "C", 1);
    setenv("TZ", "UTC", 1);
    setenv("HOME", "/nonexistent", 1);
    /* An error found by a sanitizer is no refusal. */
    setenv("ASAN_OPTIONS", "exitcode=99", 1);
    setenv("UBSAN_OPTIONS", "exitcode=99", 1);
    json_object_foreach(json_object_get(test, "env"), name, value)
        setenv(name, json_string_value(value), 1);
}

_Noreturn static void become_otatool(const struct runner *runner,
                                     const json_t *test)
{
    char *argv[MAX_ARGUMENTS + 2] = {strdup("otatool")};
    const json_t *words = json_object_get(test, "argv");
    size_t count = json_array_size(words);
    char work[PATH_MAX];
    snprintf(work, sizeof(work), "%s/work", runner->root);
    if (count > MAX_ARGUMENTS || chdir(work) < 0)
        _exit(EXEC_STATUS);
    for (size_t i = 0; i < count; i++)
        argv[i + 1] = strdup(json_string_value(json_array_get(words, i)));
    set_environment(test);
    redirect(runner, "in", STDIN_FILENO);
    redirect(runner, "out", STDOUT_FILENO);
    redirect(runner, "err", STDERR_FILENO);
    execv(runner->program, argv);
    _exit(EXEC_STATUS);
}

static int run_otatool(const struct runner *runner, const json_t *test)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        become_otatool(runner, test);
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        spec_fail("cannot be started", runner->program);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void check_status(struct runner *runner, const json_t *test, int status)
{
    const json_t *wanted = json_object_get(test, "exit");
    const char *verdict = spec_text(test, "verdict", "ok");
    bool is_refusal =
        strcmp(verdict, "refused") == 0 || strcmp(verdict, "crash") == 0;
    if (wanted && json_integer_value(wanted) != status)
        complain(runner, "exit status %d, wanted %d", status,
                 (int)json_integer_value(wanted));
    else if (!wanted && is_refusal && status != 1 && status != 2)
        complain(runner, "exit status %d, wanted a refusal", status);
    else if (!wanted && !is_refusal && status != 0)
        complain(runner, "exit status %d, wanted 0", status);
}

static void check_content(struct runner *runner, const char *name,
                          const char *path, const json_t *wanted)
{
    struct blob blob = {0};
    read_file(path, &blob);
    struct sha256_ctx sha256;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char hex[2 * SHA256_DIGEST_SIZE + 1];
    sha256_init(&sha256);
    sha256_update(&sha256, blob.size, blob.data);
    sha256_digest(&sha256, sizeof(digest), digest);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    if (blob.size != spec_number(wanted, "len", 0))
        complain(runner, "%s has %zu bytes, wanted %u", name, blob.size,
                 spec_number(wanted, "len", 0));
    else if (strcmp(hex, spec_text(wanted, "sha256", "")) != 0)
        complain(runner, "%s differs from the reference", name);
    blob_release(&blob);
}

static void check_output(struct runner *runner, const char *name,
                         const json_t *wanted)
{
    char path[PATH_MAX];
    bool is_stdout = strcmp(name, "-") == 0;
    snprintf(path, sizeof(path), "%s/%s%s", runner->root,
             is_stdout ? "out" : "work/", is_stdout ? "" : name);
    bool exists = access(path, F_OK) == 0;
    if (exists && json_is_null(wanted))
        complain(runner, "%s was made", name);
    else if (!exists && !json_is_null(wanted))
        complain(runner, "%s was not made", name);
    else if (exists)
        check_content(runner, name, path, wanted);
}

static size_t files_found;

static int count_file(const char *path, const struct stat *st, int type,
                      struct FTW *where)
{
    (void)path;
    (void)st;
    (void)where;
    files_found += type == FTW_F;
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

static void check_litter(struct runner *runner, const json_t *test)
{
    const json_t *files = json_object_get(test, "files");
    json_t *outputs = json_object_get(test, "outputs");
    size_t wanted = json_object_size(files);
    const char *name;
    json_t *output;
    json_object_foreach(outputs, name, output) wanted +=
        !json_is_null(output) && strcmp(name, "-") != 0 &&
        !json_object_get(files, name);
    char work[PATH_MAX];
    snprintf(work, sizeof(work), "%s/work", runner->root);
    files_found = 0;
    nftw(work, count_file, 16, FTW_PHYS);
    if (files_found != wanted)
        complain(runner, "%zu files in the folder, wanted %zu", files_found,
                 wanted);
}

static void print_context(const struct runner *runner, const json_t *test)
{
    char path[PATH_MAX];
    char *line = json_dumps(json_object_get(test, "argv"), 0);
    printf("  argv: %s\n", line);
    free(line);
    snprintf(path, sizeof(path), "%s/err", runner->root);
    struct blob err = {0};
    read_file(path, &err);
    printf("  stderr: %.*s\n", (int)err.size, (const char *)err.data);
    blob_release(&err);
}

static bool run_case(struct runner *runner, json_t *test)
{
    char work[PATH_MAX];
    snprintf(work, sizeof(work), "%s/work", runner->root);
    mkdir(work, 0777);
    runner->id = spec_text(test, "id", "?");
    runner->has_failed = false;
    make_files(runner, test);
    check_status(runner, test, run_otatool(runner, test));
    const char *name;
    json_t *output;
    json_object_foreach(json_object_get(test, "outputs"), name, output)
        check_output(runner, name, output);
    check_litter(runner, test);
    if (runner->has_failed)
        print_context(runner, test);
    nftw(work, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return !runner->has_failed;
}

static json_t *load(const char *path)
{
    json_error_t failure;
    json_t *value = json_load_file(path, 0, &failure);
    if (!value)
        spec_fail(failure.text, path);
    return value;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("Usage: run_vectors OTATOOL VECTORS.JSON [PART OF AN ID]\n",
              stderr);
        return 2;
    }
    struct runner runner = {.inputs.specs = load(INPUTS_JSON)};
    const char *scratch = getenv("TMPDIR");
    snprintf(runner.root, sizeof(runner.root), "%s/otatool-vectors-XXXXXX",
             scratch ? scratch : "/tmp");
    runner.program = realpath(argv[1], NULL);
    if (!runner.program || !mkdtemp(runner.root))
        spec_fail("cannot be used", argv[1]);
    json_t *tests = load(argv[2]);
    size_t i;
    size_t run = 0;
    size_t failed = 0;
    json_t *test;
    json_array_foreach(tests, i, test)
    {
        if (argc > 3 && !strstr(spec_text(test, "id", ""), argv[3]))
            continue;
        run++;
        failed += !run_case(&runner, test);
    }
    nftw(runner.root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    printf("%zu cases, %zu failed\n", run, failed);
    json_decref(tests);
    json_decref(runner.inputs.specs);
    free((char *)runner.program);
    return run == 0 || failed > 0;
}
