/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command's verbs: one table, one file a verb (agent/cli/verb_NAME.c). */
#ifndef AGENT_CLI_VERB_H
#define AGENT_CLI_VERB_H

#include <stdbool.h>

/* Exit codes; kidoban(1) documents them. */
enum kb_exit {
	KB_EXIT_OK = 0,
	KB_EXIT_REFUSED = 1,		/* refused, false, or something else went wrong */
	KB_EXIT_USAGE = 2,
	KB_EXIT_PARSE = 3,		/* a file's content is wrong */
	KB_EXIT_ABSENT = 4,		/* agent or module not there */
	KB_EXIT_PERMISSION = 5,
};

/*
 * @run gets what stands from the verb's name on (argv[0] = "devices"), with
 * optind ready for getopt_long(), and returns an exit code. It prints its
 * answer to stdout and its complaints to stderr.
 */
struct kb_verb {
	const char *name;		/* NULL ends a table */
	int (*run)(int argc, char **argv);
	const char *args;		/* "[--json]"; never translated */
	const char *help;		/* one line; msgid */
	const struct kb_verb *subverbs;	/* NULL, or the verbs behind this one */
	const char *options;		/* long options for completion, space separated; NULL = none */
};

extern const struct kb_verb kb_verbs[];		/* agent/cli/verbs.c */
extern const struct kb_verb kb_policy_verbs[];	/* agent/cli/verb_policy.c */
extern const struct kb_verb kb_key_verbs[];	/* agent/cli/verb_key.c */
extern const struct kb_verb kb_explain_verbs[];	/* agent/cli/verb_explain.c */
extern const struct kb_verb kb_order_verbs[];	/* agent/cli/verb_order.c */
extern const struct kb_verb kb_wifi_verbs[];	/* agent/cli/verb_wifi.c */
extern const struct kb_verb kb_place_verbs[];	/* agent/cli/verb_place.c */
extern const struct kb_verb kb_grant_verbs[];	/* agent/cli/verb_grant.c */

/*
 * Finds argv[1] in @subverbs and runs it with argv + 1. Without one, or with
 * "help" or "--help", prints the list ("kidoban @path VERB ..."). Unknown
 * verbs name the nearest known one and give KB_EXIT_USAGE.
 */
int kb_verb_dispatch(const char *path, const struct kb_verb *verbs, int argc, char **argv);

/* The first verb that was typed and found; "" before there is one. */
const char *kb_verb_typed(void);

/* Prints the verb list of @verbs to stdout. */
void kb_verb_list(const char *path, const struct kb_verb *verbs);

/* "kidoban: " and the sentence to stderr; returns @code. */
__attribute__((format(printf, 2, 3)))
int kb_complain(int code, const char *fmt, ...);

int kb_verb_status(int argc, char **argv);
int kb_verb_devices(int argc, char **argv);
int kb_verb_events(int argc, char **argv);
int kb_verb_explain(int argc, char **argv);
int kb_verb_policy(int argc, char **argv);
int kb_verb_key(int argc, char **argv);
int kb_verb_load(int argc, char **argv);
int kb_verb_doctor(int argc, char **argv);
int kb_verb_completion(int argc, char **argv);
int kb_verb_version(int argc, char **argv);
int kb_verb_help(int argc, char **argv);
int kb_verb_isolate(int argc, char **argv);
int kb_verb_links(int argc, char **argv);
int kb_verb_order(int argc, char **argv);
int kb_verb_paths(int argc, char **argv);
int kb_verb_place(int argc, char **argv);
int kb_verb_grant(int argc, char **argv);
int kb_verb_run_screen(int argc, char **argv);
int kb_verb_wifi(int argc, char **argv);

/* Subverbs of "explain": agent/cli/explain_path.c. */
int kb_explain_packet(int argc, char **argv);
int kb_explain_link(int argc, char **argv);
int kb_explain_wifi(int argc, char **argv);	/* agent/cli/explain_wifi.c */

/* Subverb of "place": agent/cli/place_learn.c. */
int kb_place_learn(int argc, char **argv);

/* Subverbs of "policy" that need keys: agent/cli/policy_sign.c, policy_verify.c. */
int kb_policy_sign(int argc, char **argv);
int kb_policy_verify(int argc, char **argv);

#endif
