/* SPDX-License-Identifier: Apache-2.0
 * config/checks.h
 * checks: what texts of the configuration must look like. For the options table only.
 * Each is an option_check_fn: 0, or -ERR_CONFIG with what is wrong. */
#ifndef CONFIG_CHECKS_H
#define CONFIG_CHECKS_H

struct err;

int check_line(const char *text, struct err *err); /* one line, no control characters */
int check_url(const char *text, struct err *err);  /* "" or http(s)://, no slash at its end */
int check_api_url(const char *text,
                  struct err *err); /* the same, where a token goes: no plain http */
int check_repo(const char *text, struct err *err);       /* "" or owner/name */
int check_label(const char *text, struct err *err);      /* one line, no comma */
int check_login(const char *text, struct err *err);      /* an account's name */
int check_spdx(const char *text, struct err *err);       /* looks like a licence id */
int check_ceiling(const char *text, struct err *err);    /* RULE=NUMBER */
int check_listen(const char *text, struct err *err);     /* ADDRESS:PORT */
int check_address(const char *text, struct err *err);    /* "" or IPv4 or IPv6, no name */
int check_folder_url(const char *text, struct err *err); /* "" or /path/ */

#endif
