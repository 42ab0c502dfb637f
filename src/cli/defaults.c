/* SPDX-License-Identifier: Apache-2.0 */
#include "defaults.h"
#include "command.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_LIMIT = 1024, NAME_LIMIT = 128 };

static void variable_name(char name[NAME_LIMIT], const char *command,
                          const char *option)
{
    snprintf(name, NAME_LIMIT, "OTATOOL_%s_%s", command, option);
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return text;
}

/* A file that was named must be there; the usual one need not. */
static FILE *open_named(const char *path, const char *command)
{
    FILE *file = fopen(path, "re");
    if (!file)
        command_usage(command,
                      "OTATOOL_CONFIG names '%s', which cannot be "
                      "opened",
                      path);
    return file;
}

static FILE *open_configuration(const char *command)
{
    char path[LINE_LIMIT];
    const char *named = getenv("OTATOOL_CONFIG");
    const char *base = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    if (named && *named)
        return open_named(named, command);
    if (base && *base)
        snprintf(path, sizeof(path), "%s/otatool/config", base);
    else if (home)
        snprintf(path, sizeof(path), "%s/.config/otatool/config", home);
    else
        return NULL;
    return fopen(path, "re");
}

static bool has_option(const struct argp *argp, const char *name)
{
    for (const struct argp_option *o = argp->options;
         o && (o->name || o->key || o->doc); o++)
        if (o->name && strcmp(o->name, name) == 0)
            return true;
    for (const struct argp_child *c = argp->children; c && c->argp; c++)
        if (has_option(c->argp, name))
            return true;
    return false;
}

static void take_line(char *text, const char *command, const struct argp *argp)
{
    char name[NAME_LIMIT];
    char *equals = strchr(text, '=');
    if (*text == '#' || *text == '\0')
        return;
    if (equals)
        *equals = '\0';
    const char *option = trim(text);
    if (!equals || !has_option(argp, option))
        command_usage(command,
                      "the configuration file's line '%s' sets no "
                      "option",
                      option);
    variable_name(name, command, option);
    setenv(name, trim(equals + 1), 0);
}

/* What the file says becomes environment, where that is silent. */
static void read_configuration(const char *command, const struct argp *argp)
{
    FILE *file = open_configuration(command);
    if (!file)
        return;
    char line[LINE_LIMIT];
    bool is_ours = false;
    while (fgets(line, sizeof(line), file)) {
        char *text = trim(line);
        size_t length = strlen(text);
        if (*text == '[' && text[length - 1] == ']') {
            text[length - 1] = '\0';
            is_ours = strcmp(text + 1, command) == 0;
        } else if (is_ours) {
            take_line(text, command, argp);
        }
    }
    fclose(file);
}

static int count_options(const struct argp *argp)
{
    int count = 0;
    for (const struct argp_option *o = argp->options;
         o && (o->name || o->key || o->doc); o++)
        count++;
    for (const struct argp_child *c = argp->children; c && c->argp; c++)
        count += count_options(c->argp);
    return count;
}

static bool is_true(const char *value)
{
    return strcmp(value, "1") == 0 || strcmp(value, "true") == 0 ||
           strcmp(value, "yes") == 0 || strcmp(value, "on") == 0;
}

static void append(struct defaults *defaults, const struct argp_option *option,
                   char *value)
{
    char *name;
    if ((!option->arg && !is_true(value)) ||
        asprintf(&name, "--%s", option->name) < 0)
        return;
    defaults->names[defaults->name_count++] = name;
    defaults->argv[defaults->argc++] = name;
    if (option->arg)
        defaults->argv[defaults->argc++] = value;
}

static void append_options(struct defaults *defaults, const char *command,
                           const struct argp *argp)
{
    char name[NAME_LIMIT];
    for (const struct argp_option *o = argp->options;
         o && (o->name || o->key || o->doc); o++) {
        if (!o->name || (o->flags & OPTION_ALIAS))
            continue;
        variable_name(name, command, o->name);
        char *value = getenv(name);
        if (value && *value)
            append(defaults, o, value);
    }
    for (const struct argp_child *c = argp->children; c && c->argp; c++)
        append_options(defaults, command, c->argp);
}

void defaults_init(struct defaults *defaults, const struct argp *argp, int argc,
                   char **argv)
{
    size_t options = (size_t)count_options(argp);
    *defaults = (struct defaults){
        .argv = calloc((size_t)argc + 2 * options + 1, sizeof(char *)),
        .names = calloc(options + 1, sizeof(char *)),
    };
    if (!defaults->argv || !defaults->names)
        abort();
    defaults->argv[defaults->argc++] = argv[0];
    read_configuration(argv[0], argp);
    append_options(defaults, argv[0], argp);
    for (int i = 1; i < argc; i++)
        defaults->argv[defaults->argc++] = argv[i];
}

void defaults_release(struct defaults *defaults)
{
    for (int i = 0; i < defaults->name_count; i++)
        free(defaults->names[i]);
    free(defaults->names);
    free(defaults->argv);
}
