/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wire to the module: generic netlink family "kidoban", for agent and command. */
#ifndef AGENT_NETLINK_H
#define AGENT_NETLINK_H

#include <kidoban/path.h>

#include "agent/decode.h"
#include "policy/bundle.h"
#include "policy/fault.h"

struct kb_wire;				/* one socket; not to be shared by threads */

/*
 * All functions return 0 or a negative errno and fill *ret_fault: the kernel's
 * own sentence where it gave one. -ENOENT from kb_wire_open(): no module.
 * -ETIMEDOUT: the kernel did not answer.
 */
int kb_wire_open(struct kb_wire **ret, struct kb_fault *ret_fault);
void kb_wire_close(struct kb_wire *wire);
static inline void kb_wire_closep(struct kb_wire **wire)
{
	kb_wire_close(*wire);
}

int kb_wire_trust_add(struct kb_wire *wire, enum kb_ring ring, const void *der, size_t len,
		      struct kb_fault *ret_fault);
/* @epoch, @serial: the replay floor, 0, 0 = none. */
int kb_wire_trust_seal(struct kb_wire *wire, const char *municipality, const char *group,
		       u32 epoch, u32 serial, struct kb_fault *ret_fault);
/* @approver may be empty. The errnos stand in uapi/kidoban/netlink.h. */
int kb_wire_policy_load(struct kb_wire *wire, const struct kb_bytes *blob,
			const struct kb_bytes *author, const struct kb_bytes *approver,
			struct kb_fault *ret_fault);
/* The blob in force. -ENODATA without one. */
int kb_wire_policy_get(struct kb_wire *wire, struct kb_bytes *ret, struct kb_fault *ret_fault);
int kb_wire_status(struct kb_wire *wire, struct kb_status *ret, struct kb_fault *ret_fault);

/* Every USB interface present, in the kernel's order. *ret is malloc'ed. */
int kb_wire_devices(struct kb_wire *wire, struct kb_record **ret, size_t *ret_n,
		    struct kb_fault *ret_fault);

/* Every network interface of every namespace (-EOPNOTSUPP: a module of level 1). *ret is malloc'ed. */
int kb_wire_links(struct kb_wire *wire, struct kb_record **ret, size_t *ret_n,
		  struct kb_fault *ret_fault);
/* Every path rule of the policy in force. -ENODATA without one. *ret is malloc'ed. */
int kb_wire_paths(struct kb_wire *wire, struct kb_path_row **ret, size_t *ret_n,
		  struct kb_fault *ret_fault);

/* A wireless link and the profile that it was proven to use (W4). */
struct kb_link_proof {
	u32 ifindex, generation, profile;
};

/* What the agent says of the terminal: KB_CMD_CONTEXT_SET. */
struct kb_context_report {
	u64 generation;			/* of the policy that zone, schedules and profiles are of */
	u32 ttl;			/* seconds; 0 ends the lease */
	u32 zone;			/* index, KB_INDEX_NONE = unknown */
	u64 schedules;			/* mask of the open ones */
	const struct kb_link_proof *proofs;
	size_t n_proofs;		/* <= KB_CONTEXT_LINKS_MAX */
};

/* -ENODATA: no policy in force; -ESTALE: another one is. */
int kb_wire_context_set(struct kb_wire *wire, const struct kb_context_report *report,
			struct kb_fault *ret_fault);

/* Cuts the terminal off (N6). -EALREADY when it is. */
int kb_wire_isolate(struct kb_wire *wire, const u8 id[KB_ISOLATION_LEN],
		    struct kb_fault *ret_fault);
/* Ends that by a signed order, see struct kb_order. -ENOENT: not isolated; -ESTALE: another's order. */
int kb_wire_release(struct kb_wire *wire, const struct kb_bytes *order, const struct kb_bytes *sig,
		    struct kb_fault *ret_fault);

/* A negative result ends the reading and is returned. @record lives for the call. */
typedef int (*kb_record_fn)(const struct kb_record *record, void *userdata);

/* Events that the kernel still holds, from number @first on. */
int kb_wire_events(struct kb_wire *wire, u64 first, kb_record_fn fn, void *userdata,
		   struct kb_fault *ret_fault);

/*
 * Joins the events group. From then on the wire only receives: it does not
 * block, kb_wire_fd() polls readable, kb_wire_receive() hands over what came.
 */
int kb_wire_subscribe(struct kb_wire *wire, struct kb_fault *ret_fault);
int kb_wire_fd(const struct kb_wire *wire);
/* 0 when nothing more is there; -ENOBUFS: some were dropped, ask kb_wire_events() for them. */
int kb_wire_receive(struct kb_wire *wire, kb_record_fn fn, void *userdata,
		    struct kb_fault *ret_fault);

#endif
