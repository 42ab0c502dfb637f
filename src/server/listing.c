/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"
#include "beneath.h"
#include "escape.h"
#include "otatool/catalog.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char page_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n<style>\n"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;"
    "margin:1rem auto;padding:0 1rem}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{text-align:left;padding:.4rem;border-bottom:1px solid #8886}\n"
    "td:first-child{overflow-wrap:anywhere}\n"
    "th+th,td+td{text-align:right;white-space:nowrap}\n"
    "a{display:block}\n</style>\n";

static void print_encoded(FILE *out, const char *path)
{
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if ((c < 0x80 && isalnum(c)) || strchr("/-._~", c))
            fputc(c, out);
        else
            fprintf(out, "%%%02X", c);
    }
}

static void print_row(FILE *out, const char *path, const char *name,
                      const struct stat *st)
{
    const char *slash = S_ISDIR(st->st_mode) ? "/" : "";
    struct tm tm;
    char date[32] = "";
    if (gmtime_r(&st->st_mtime, &tm))
        strftime(date, sizeof(date), "%Y-%m-%d %H:%M", &tm);
    fputs("<tr><td><a href=\"/", out);
    print_encoded(out, path);
    print_encoded(out, name);
    fprintf(out, "%s\">", slash);
    escape_html(out, name);
    fprintf(out, "%s</a></td><td>", slash);
    if (!*slash)
        fprintf(out, "%lld", (long long)st->st_size);
    fprintf(out, "</td><td>%s</td></tr>\n", date);
}

static void print_up(FILE *out, const char *path)
{
    size_t length = strlen(path) - 1;
    while (length > 0 && path[length - 1] != '/')
        length--;
    char *parent = strndup(path, length);
    if (!parent)
        return;
    fputs("<tr><td><a href=\"/", out);
    print_encoded(out, parent);
    fputs("\">../ (up)</a></td><td></td><td></td></tr>\n", out);
    free(parent);
}

/* A file or directory, also behind a link, that a request could reach. */
static bool stat_beneath(int root, const char *path, const char *name,
                         struct stat *st)
{
    char *full;
    if (asprintf(&full, "%s%s", path, name) < 0)
        return false;
    int fd = beneath_open(root, full, O_PATH);
    free(full);
    if (fd < 0)
        return false;
    bool ok = fstat(fd, st) == 0;
    close(fd);
    return ok && (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode));
}

static void print_page(FILE *out, int root, const char *path,
                       struct dirent *const *names, size_t count)
{
    fputs(page_head, out);
    fputs("<title>/", out);
    escape_html(out, path);
    fputs("</title>\n</head>\n<body>\n<h1>/", out);
    escape_html(out, path);
    fputs("</h1>\n<table>\n<thead><tr><th scope=\"col\">Name</th>"
          "<th scope=\"col\">Bytes</th><th scope=\"col\">Changed (UTC)</th>"
          "</tr></thead>\n<tbody>\n",
          out);
    if (*path)
        print_up(out, path);
    for (size_t i = 0; i < count && i < OTA_CATALOG_LISTED; i++) {
        struct stat st;
        if (stat_beneath(root, path, names[i]->d_name, &st))
            print_row(out, path, names[i]->d_name, &st);
    }
    fputs("</tbody>\n</table>\n", out);
    if (count > OTA_CATALOG_LISTED)
        fprintf(out, "<p>The first %d of %zu names.</p>\n", OTA_CATALOG_LISTED,
                count);
    fputs("</body>\n</html>\n", out);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Links and names are absolute, so a missing slash at the end is harmless;
 * a redirect would lead old devices astray. */
static char *with_slash(const char *path)
{
    size_t length = strlen(path);
    const char *slash = length && path[length - 1] != '/' ? "/" : "";
    char *text;
    return asprintf(&text, "%s%s", path, slash) < 0 ? NULL : text;
}

bool listing_make(int root, const char *path, char **text, size_t *size)
{
    struct dirent **names = NULL;
    int fd = beneath_open(root, path, O_RDONLY | O_DIRECTORY);
    int count = scandirat(fd, ".", &names, is_visible, alphasort);
    char *folder = with_slash(path);
    *text = NULL;
    FILE *out = open_memstream(text, size);
    bool ok = count >= 0 && folder && out;
    if (ok)
        print_page(out, root, folder, names, (size_t)count);
    if (out)
        ok = fclose(out) == 0 && ok;
    if (!ok) {
        free(*text);
        *text = NULL;
    }
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    free(folder);
    if (fd >= 0)
        close(fd);
    return ok;
}
