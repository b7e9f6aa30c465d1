/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gives the module its keys and its terminal's name, then seals both. */
#ifndef AGENT_SEAL_H
#define AGENT_SEAL_H

#include <kidoban/policy.h>

#include "agent/netlink.h"
#include "agent/state.h"
#include "policy/trust.h"

/* Told about things that went wrong on the way and did not stop it. */
typedef void (*kb_note_fn)(const char *text, void *userdata);

/*
 * Reads terminal.yaml and trust/ under @config_dir, the replay floor under
 * @state_dir, adds the keys and seals. Sealed already is fine (0, nothing
 * done, *ret_sealed false). A file that gives no key is noted; a ring whose
 * files give none at all fails, because an approver ring that turns up empty
 * would mean that nobody needs to approve.
 */
int kb_seal(struct kb_wire *wire, const char *config_dir, const char *state_dir, kb_note_fn note,
	    void *userdata, bool *ret_sealed, struct kb_fault *ret_fault);

/* The like with a floor that the caller knows: early boot, which has no state to remember in. */
int kb_seal_as(struct kb_wire *wire, const char *config_dir, const struct kb_floor *floor,
	       kb_note_fn note, void *userdata, struct kb_fault *ret_fault);

#endif
