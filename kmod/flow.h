/* SPDX-License-Identifier: GPL-2.0-only */
/* Live connections: cut when their path closes. */
#ifndef KB_FLOW_H
#define KB_FLOW_H

#include <linux/types.h>

struct sock;

void kb_flow_init(void);
void kb_flow_exit(void);

/*
 * Paths may have closed: judges every TCP connection and every conntrack entry
 * of a protected network anew, soon, in process context. Any context.
 */
void kb_flow_rejudge(void);

/*
 * A packet of @sk was refused: its owner shall learn it now instead of waiting
 * for an answer. TCP is aborted from process context, others get an error.
 * NULL and sockets without an owner are fine. Under RCU, any context but hard interrupts.
 */
void kb_flow_fail(struct sock *sk);

u64 kb_flow_cuts(void);		/* connections aborted since load */

#endif
