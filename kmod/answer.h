/* SPDX-License-Identifier: GPL-2.0-only */
/* Did somebody here ask for this packet? */
#ifndef KB_ANSWER_H
#define KB_ANSWER_H

#include <net/sock.h>
#include <net/tcp_states.h>

#include "query.h"

void kb_answer_init(void);

/* For kb_answer_expect(). */
void kb_answer_remember(const struct kb_query *query);

/* Remembers that an unconnected UDP socket sends this, so that the answer is known as one. Takes a lock for groups only. */
static inline void kb_answer_expect(const struct kb_query *query)
{
	if (query->packet.proto == IPPROTO_UDP && query->packet.flags & KB_PACKET_PORTS &&
	    query->sk && query->sk->sk_state != TCP_ESTABLISHED)
		kb_answer_remember(query);
}

/*
 * Inbound UDP of @query, from one address to one: was a group asked, on this
 * link, from the port that it comes to, at the port that it comes from? Which?
 */
bool kb_answer_asked_group(const struct kb_query *query, union kb_ip *ret_group);

/*
 * Inbound @query: TCP with a connection that no listener here accepted, UDP
 * with a connected socket or after kb_answer_expect(), echo replies.
 */
bool kb_answer_solicited(const struct kb_query *query);

/*
 * Outbound @query: does the kernel say, without data, the last word of a
 * connection of ours whose socket is gone (TIME_WAIT)? Nobody owns it, and the
 * other end would ask for minutes.
 */
bool kb_answer_last_word(const struct kb_query *query);

#endif
