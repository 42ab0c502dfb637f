/* SPDX-License-Identifier: Apache-2.0 */
/* The files beside this one that are compiled in, each as a text. */
#ifndef OTATOOL_SERVER_STATUS_FILES_H
#define OTATOOL_SERVER_STATUS_FILES_H

extern const char status_html[];
extern const char status_css[];
extern const char status_js[];

#endif
