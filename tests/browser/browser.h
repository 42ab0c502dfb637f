/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A headless Chromium, driven over a pair of pipes by the DevTools protocol.
 * What goes wrong fails the running test.
 */
#ifndef OTATOOL_TESTS_BROWSER_H
#define OTATOOL_TESTS_BROWSER_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

struct browser {
    pid_t pid;
    int in;  /* commands go here */
    int out; /* answers come from here */
    int last_id;
    char *buffer; /* of an answer that is not whole yet */
    size_t size;
    size_t capacity;
    char session[64]; /* of the page; empty before there is one */
    char profile[32]; /* a folder of its own */
};

/* False when there is no Chromium on this machine. */
bool browser_is_there(void);

void browser_open(struct browser *browser);
void browser_close(struct browser *browser);

/* Sends a command and is its result, to be released; takes parameters. */
json_t *browser_command(struct browser *browser, const char *method,
                        json_t *parameters);

/* Loads a page in a window of that many CSS pixels, and waits for it. */
void browser_show(struct browser *browser, const char *url, int width,
                  int height);

/* What an expression of JavaScript is, as a text, to be freed. */
char *browser_evaluate(struct browser *browser, const char *expression);

/* Waits until an expression is true, for at most a minute. */
void browser_wait(struct browser *browser, const char *expression);

/* Writes a PNG of the window, if the environment's OTATOOL_SCREENSHOTS names a
 * folder; for people. */
void browser_picture(struct browser *browser, const char *name);

#endif
