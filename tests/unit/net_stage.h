/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of links and paths in policies play on: a text with everything, model, blob and back. */
#ifndef TESTS_UNIT_NET_STAGE_H
#define TESTS_UNIT_NET_STAGE_H

#include "policy/text.h"

#define HEAD								\
	"kidoban: 1\n"							\
	"policy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-03-31}\n" \
	"media: {rules: [{allow: {class: keyboard}}]}\n"
#define MODE	"mode: {media: off, link: enforce, path: audit}\n"

/* Every key of every section. */
extern const char everything[];

/* What cannot be read or written fails the running test. The caller frees what these return. */
struct kb_model *model_of(const char *text);
struct kb_policy *policy_of(const struct kb_policy *written);
struct kb_agent_policy *agent_of(const struct kb_policy *policy);
char *shown(const struct kb_policy *policy, bool effective);

/* Links, paths and networks are the same, the lines of rules, too. */
void assert_same_policy(const struct kb_policy *a, const struct kb_policy *b);

#endif
