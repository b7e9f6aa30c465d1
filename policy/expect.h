/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of expectations kept beside a policy: device, link or packet, outcome, rule. */
#ifndef KIDOBAN_POLICY_EXPECT_H
#define KIDOBAN_POLICY_EXPECT_H

#include <kidoban/policy.h>

#include "policy/arena.h"
#include "policy/device.h"
#include "policy/diag.h"
#include "policy/explain.h"
#include "policy/schema.h"
#include "policy/what_if.h"

enum kb_expect_subject {
	KB_EXPECT_DEVICE,
	KB_EXPECT_LINK,
	KB_EXPECT_PACKET,
};

struct kb_expectation {
	const char *name;		/* NULL = none */
	uint32_t line;			/* in the table */
	int subject;			/* enum kb_expect_subject: which of the members below count */
	struct kb_link_question link;
	struct kb_packet_question packet;
	bool lease;			/* packet: the agent has reported */
	struct kb_usb_id usb;		/* full masks */
	const char *serial, *port;	/* NULL = none; the usual port */
	struct kb_usb_triple class;	/* of the device; mask 0 = as its interfaces */
	uint8_t n_interfaces, n_expect;
	const struct kb_device_interface *interfaces;
	const int *expect;		/* enum kb_action: one for all, or one per interface */
	const char *rule;		/* line or label of the rule, or a kb_reason_name(); NULL = any */
	const char *reason;		/* links and packets: a kb_reason_name(); NULL = any */
};

/* Zero-initialise. */
struct kb_expectations {
	struct kb_arena arena;
	struct kb_expectation *list;
	uint32_t n;
};

struct kb_expect_result {
	bool passed;
	unsigned int interface;		/* device: index of the first row that differs, when not passed */
	unsigned int n_rows;		/* device */
	struct kb_explain_row rows[KB_USB_INTERFACES_MAX];
	struct kb_link_answer link;
	struct kb_packet_answer packet;
	struct kb_fault fault;		/* why the question could not be asked; empty: it was */
};

extern const struct kb_key kb_schema_expectations[];

/* Reads a table (YAML). 0, or -EBADMSG (told in @diags), -ENOMEM. */
int kb_expectations_parse(const char *text, size_t len, struct kb_diags *diags,
			  struct kb_expectations *ret);
void kb_expectations_done(struct kb_expectations *expectations);

/* Asks the decision core and compares. @policy as for kb_what_if_packet(). */
void kb_expect_run(const struct kb_policy *policy, const struct kb_expectation *expectation,
		   struct kb_expect_result *ret);
/* What came out, and why in words; @interface counts for devices. */
enum kb_action kb_expect_outcome(const struct kb_expectation *expectation,
				 const struct kb_expect_result *result, unsigned int interface);
enum kb_reason kb_expect_why(const struct kb_expectation *expectation,
			     const struct kb_expect_result *result, unsigned int interface);
void kb_expect_reason(const struct kb_expectation *expectation,
		      const struct kb_expect_result *result, const char *file, char *ret,
		      size_t size);
/* Line in the policy of the rule that decided or came nearest; 0 = none. */
u32 kb_expect_line(const struct kb_expectation *expectation, const struct kb_expect_result *result,
		   unsigned int interface);
/* True when @row was decided by what @rule (see above) names. */
bool kb_expect_rule_matches(const struct kb_explain_row *row, const char *rule);

#endif
