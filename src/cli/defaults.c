/* SPDX-License-Identifier: Apache-2.0 */
#include "defaults.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_LIMIT = 1024, ARGUMENT_LIMIT = 64 };

struct vector {
    char **items;
    int count;
};

static bool is_true(const char *value)
{
    return strcmp(value, "1") == 0 || strcmp(value, "true") == 0 ||
           strcmp(value, "yes") == 0 || strcmp(value, "on") == 0;
}

static void append_option(struct vector *vector,
                          const struct argp_option *option, const char *value)
{
    char *text = NULL;
    if (vector->count >= ARGUMENT_LIMIT)
        return;
    if (option->arg) {
        if (asprintf(&text, "--%s=%s", option->name, value) < 0)
            return;
    } else if (!is_true(value) || asprintf(&text, "--%s", option->name) < 0) {
        return;
    }
    vector->items[vector->count++] = text;
}

typedef void visit_option(const struct argp_option *option, void *context);

static void for_each_option(const struct argp *argp, visit_option *visit,
                            void *context)
{
    for (const struct argp_option *o = argp->options;
         o && (o->name || o->key || o->doc); o++)
        if (o->name && !(o->flags & OPTION_ALIAS))
            visit(o, context);
    for (const struct argp_child *c = argp->children; c && c->argp; c++)
        for_each_option(c->argp, visit, context);
}

struct lookup {
    const char *name;
    const struct argp_option *found;
};

static void match_name(const struct argp_option *option, void *context)
{
    struct lookup *lookup = context;
    if (strcmp(option->name, lookup->name) == 0)
        lookup->found = option;
}

static const struct argp_option *find_option(const struct argp *argp,
                                             const char *name)
{
    struct lookup lookup = {.name = name};
    for_each_option(argp, match_name, &lookup);
    return lookup.found;
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

static FILE *open_configuration(void)
{
    char path[LINE_LIMIT];
    const char *named = getenv("OTATOOL_CONFIG");
    const char *base = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    if (named)
        return fopen(named, "re");
    if (base && *base)
        snprintf(path, sizeof(path), "%s/otatool/config", base);
    else if (home)
        snprintf(path, sizeof(path), "%s/.config/otatool/config", home);
    else
        return NULL;
    return fopen(path, "re");
}

/* [command] sections of option = value lines; # starts a comment line. */
static void append_configuration(struct vector *vector, const char *command,
                                 const struct argp *argp)
{
    FILE *file = open_configuration();
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
            continue;
        }
        char *equals = strchr(text, '=');
        if (!is_ours || *text == '#' || !equals)
            continue;
        *equals = '\0';
        const struct argp_option *option = find_option(argp, trim(text));
        if (option)
            append_option(vector, option, trim(equals + 1));
    }
    fclose(file);
}

struct environment {
    struct vector *vector;
    const char *command;
};

static void append_from_environment(const struct argp_option *option,
                                    void *context)
{
    const struct environment *environment = context;
    char name[128];
    snprintf(name, sizeof(name), "OTATOOL_%s_%s", environment->command,
             option->name);
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
    const char *value = getenv(name);
    if (value && *value)
        append_option(environment->vector, option, value);
}

char **defaults_merge(const char *command, const struct argp *argp, int argc,
                      char **argv, int *count)
{
    struct vector vector = {
        .items = calloc((size_t)argc + ARGUMENT_LIMIT + 2, sizeof(char *)),
    };
    if (!vector.items)
        abort();
    vector.items[vector.count++] = argv[0];
    append_configuration(&vector, command, argp);
    struct environment environment = {&vector, command};
    for_each_option(argp, append_from_environment, &environment);
    for (int i = 1; i < argc; i++)
        vector.items[vector.count++] = argv[i];
    *count = vector.count;
    return vector.items;
}
