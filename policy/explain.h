/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rule would decide about a device, by the kernel's own decision code. */
#ifndef KIDOBAN_POLICY_EXPLAIN_H
#define KIDOBAN_POLICY_EXPLAIN_H

#include <kidoban/policy.h>

#include "policy/reason.h"

#define KB_EXPLAIN_INTERFACES_MAX	KB_USB_INTERFACES_MAX

/* The question, as typed: "0781:5583[:SERIAL]", classes or triples, a port. */
struct kb_explain_query {
	const char *usb;		/* needed; serial points into it */
	const char *port;		/* NULL = the first port of a usual controller */
	const char *const *interfaces;	/* kb_device_interface_parse(); may be empty */
	unsigned int n_interfaces;
};

/* One row of the answer. */
struct kb_explain_row {
	uint8_t number;			/* of the interface; without meaning when supposed */
	bool supposed;			/* no interfaces were given: as if it were of .classes */
	uint32_t classes;
	struct kb_usb_verdict verdict;
	const struct kb_usb_rule *rule;	/* that decided; NULL = none did */
};

struct kb_explain_answer {
	struct kb_usb_device device;	/* classified; strings borrowed from the query */
	unsigned int n_rows;
	struct kb_explain_row rows[KB_EXPLAIN_INTERFACES_MAX];
};

/*
 * Asks the core. Without interfaces there is one row per class, each for a
 * device of that class alone. 0, or -EINVAL when the id (*ret_wrong is NULL)
 * or the interface *ret_wrong cannot be read.
 */
int kb_explain(const struct kb_policy *policy, const struct kb_explain_query *query,
	       struct kb_explain_answer *ret, const char **ret_wrong);

/* The like for a device that is at hand; classifies @device. Rows as interfaces. */
void kb_explain_device(const struct kb_policy *policy, struct kb_usb_device *device,
		       struct kb_explain_row *rows, unsigned int *ret_n);

/*
 * Why, in words: "rule in staff.yaml:9 (label)", "default: refuse" ... in the
 * user's language. @file names the text that lines are of; NULL = unknown.
 */
void kb_explain_reason(const struct kb_explain_row *row, const char *file, char *ret, size_t size);
/* "allowed" or "refused" in the user's language. */
const char *kb_explain_outcome(const struct kb_explain_row *row);

#endif
