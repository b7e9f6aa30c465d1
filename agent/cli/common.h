/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several verbs need: complaints that fit, dates, the way to the module. */
#ifndef AGENT_CLI_COMMON_H
#define AGENT_CLI_COMMON_H

#include <getopt.h>
#include <stdint.h>

#include <kidoban/policy.h>

#include "agent/cli/verb.h"
#include "agent/netlink.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

/* Complains that only root may, and says what to type; KB_EXIT_PERMISSION. */
int kb_need_root(void);

/*
 * Opens the way to the module. Otherwise complains and gives the exit code to
 * leave with: not root, no module, or something else.
 */
int kb_open_module(struct kb_wire **ret);

/*
 * Reads and parses the policy in force. 0; KB_EXIT_REFUSED with a complaint when there is
 * none; else the exit code to leave with. Free with kb_policy_free().
 */
int kb_policy_in_force(struct kb_wire *wire, struct kb_policy **ret);

/* The exit code that a negative errno of a library stands for. */
int kb_exit_code(int err);

/* "Usage: kidoban NAME ARGS" to stderr; KB_EXIT_USAGE. @path: "", "policy", "key". */
int kb_usage(const char *path, const struct kb_verb *verbs, const char *name);

/* "2027-03-31 23:59 JST" in the user's time zone; "-" for 0. */
void kb_date_text(uint64_t seconds, char *ret, size_t size);
/* "2027-03-31T14:59:59Z" */
void kb_date_json(uint64_t seconds, char *ret, size_t size);
/* "10m", "2h", "3d" back from now, else a date as in policies -> seconds since 1970. -EINVAL. */
int kb_parse_since(const char *text, uint64_t *ret);
void kb_hex(const uint8_t *bytes, size_t n, char *ret);

KB_DEFINE_CLEANUP(struct kb_policy *, kb_policy_free)

/* For verbs that take nothing but --json. 0, or an exit code. */
int kb_parse_json_only(int argc, char **argv, bool *ret_json);

/*
 * Password of a private key, a kb_password_fn: @userdata is NULL (ask on the
 * terminal) or the name of a file whose first line it is.
 */
int kb_ask_password(char *buf, size_t size, const char *what, void *userdata);
/* A new one, asked twice: -ENOKEY when there was none, -EKEYREJECTED when the two differ. */
int kb_ask_new_password(char *buf, size_t size, const char *file);

#endif
