/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Early boot: a policy in force before USB devices are looked for. */
#ifndef AGENT_EARLY_EARLY_H
#define AGENT_EARLY_EARLY_H

#include "agent/seal.h"

/* What the image holds below the state directory, as kb_bundle_unpack() lays it out. */
#define KB_EARLY_LAST		"policy"
#define KB_EARLY_PREVIOUS	"policy.previous"

enum kb_early_source {
	KB_EARLY_NOTHING,		/* no signed policy; the module's own one, if it has been told to */
	KB_EARLY_FROM_LAST,
	KB_EARLY_FROM_PREVIOUS,
};

struct kb_early {
	enum kb_early_source source;
	struct kb_floor age;		/* of the policy that came into force */
	bool builtin;			/* the module's own policy was in force before */
};

/* Fills in what holds before any policy is loaded. 0, or -errno, told. */
int kb_early_look(struct kb_wire *wire, struct kb_early *ret, struct kb_fault *ret_fault);

/*
 * Picks the last policy, else the one before: whichever is whole and signed by
 * those whom @config_dir/trust names. Trust is sealed with the age of the one picked as
 * the replay floor, so that the kernel takes it back whatever the clock says, as it does what
 * was obeyed before. Where none is fit, nothing is sealed: the agent will, from the real root.
 *
 * 0 when one is in force, told in *ret's source and age; else -errno of the first thing that was wrong, told. What is
 * passed over is noted.
 */
int kb_early_load(struct kb_wire *wire, const char *config_dir, const char *state_dir,
		  kb_note_fn note, void *userdata, struct kb_early *ret, struct kb_fault *ret_fault);

#endif
