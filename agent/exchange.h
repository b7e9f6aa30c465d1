/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request to a generic netlink family and what it waits for. For agent/netlink*.c and nl80211.c alone. */
#ifndef AGENT_EXCHANGE_H
#define AGENT_EXCHANGE_H

#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "agent/netlink.h"
#include "policy/cleanup.h"

struct kb_wire {
	struct nl_sock *sock;
	int family;
	unsigned int patience;		/* seconds until an answer counts as missing */
};

/* What one request waits for. */
struct kb_exchange {
	struct kb_wire *wire;
	/* takes each message of the answer; a negative result ends it and is returned */
	int (*handle)(u8 cmd, const void *data, size_t len, void *userdata);
	void *userdata;
	struct kb_fault *ret_fault;
	bool done;			/* acknowledged, refused or the dump has ended */
	bool interrupted;		/* the dump was not consistent */
	int err;
	u32 seq;			/* of the request */
};

KB_DEFINE_CLEANUP(struct nl_msg *, nlmsg_free)
KB_DEFINE_CLEANUP(struct nl_cb *, nl_cb_put)

/* A request without attributes yet, with room for @size bytes of them; NULL = no memory. */
struct nl_msg *kb_request_make(struct kb_wire *wire, u8 cmd, int flags, size_t size);
/* Sends it and waits until it is acknowledged or refused. @msg stays the caller's. */
int kb_exchange_run(struct kb_exchange *x, struct nl_msg *msg);
/* Reads what came without being asked for, until nothing is there. 0 or a negative errno. */
int kb_exchange_drain(struct kb_exchange *x);
/*
 * Dumps @cmd into an array of items of @size bytes; @decode fills one out of a
 * message's attributes. *ret is malloc'ed. A dump that was interrupted is tried
 * again a few times.
 */
int kb_exchange_list(struct kb_wire *wire, u8 cmd, size_t size,
		     int (*decode)(const void *data, size_t len, void *ret), void **ret,
		     size_t *ret_n, struct kb_fault *ret_fault);
/* The errno that an error of libnl stands for. */
int kb_exchange_errno(int nle);

#endif
