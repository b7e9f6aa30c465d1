// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests to the module: links, paths, the lease, isolation. */
#include <netlink/attr.h>

#include "agent/exchange.h"

static int decode_link(const void *data, size_t len, void *ret)
{
	return kb_decode_link(data, len, ret);
}

int kb_wire_links(struct kb_wire *wire, struct kb_record **ret, size_t *ret_n,
		  struct kb_fault *ret_fault)
{
	return kb_exchange_list(wire, KB_CMD_LINK_DUMP, sizeof(**ret), decode_link, (void **)ret, ret_n,
				ret_fault);
}

static int decode_path(const void *data, size_t len, void *ret)
{
	return kb_decode_path(data, len, ret);
}

int kb_wire_paths(struct kb_wire *wire, struct kb_path_row **ret, size_t *ret_n,
		  struct kb_fault *ret_fault)
{
	return kb_exchange_list(wire, KB_CMD_PATH_DUMP, sizeof(**ret), decode_path, (void **)ret, ret_n,
				ret_fault);
}

static int put_proof(struct nl_msg *msg, const struct kb_link_proof *proof)
{
	struct nlattr *nest = nla_nest_start(msg, KB_A_CONTEXT_LINK | NLA_F_NESTED);

	if (!nest || nla_put_u32(msg, KB_A_IFINDEX, proof->ifindex) < 0 ||
	    nla_put_u32(msg, KB_A_LINK_GENERATION, proof->generation) < 0 ||
	    nla_put_u32(msg, KB_A_PROFILE, proof->profile) < 0)
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

int kb_wire_context_set(struct kb_wire *wire, const struct kb_context_report *report,
			struct kb_fault *ret_fault)
{
	struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		kb_request_make(wire, KB_CMD_CONTEXT_SET, NLM_F_ACK, 128 + 32 * report->n_proofs);
	size_t i;

	if (!msg || nla_put_u64(msg, KB_A_GENERATION, report->generation) < 0 ||
	    nla_put_u32(msg, KB_A_LEASE_TTL, report->ttl) < 0 ||
	    nla_put_u64(msg, KB_A_SCHEDULES, report->schedules) < 0)
		return -ENOMEM;
	if (report->zone != KB_INDEX_NONE && nla_put_u32(msg, KB_A_ZONE, report->zone) < 0)
		return -ENOMEM;
	for (i = 0; i < report->n_proofs; i++)
		if (put_proof(msg, &report->proofs[i]))
			return -ENOMEM;
	return kb_exchange_run(&x, msg);
}

int kb_wire_isolate(struct kb_wire *wire, const u8 id[KB_ISOLATION_LEN], struct kb_fault *ret_fault)
{
	struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg = kb_request_make(wire, KB_CMD_ISOLATE, NLM_F_ACK, 64);

	if (!msg || nla_put(msg, KB_A_ISOLATION, KB_ISOLATION_LEN, id) < 0)
		return -ENOMEM;
	return kb_exchange_run(&x, msg);
}

int kb_wire_release(struct kb_wire *wire, const struct kb_bytes *order, const struct kb_bytes *sig,
		    struct kb_fault *ret_fault)
{
	struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		kb_request_make(wire, KB_CMD_ISOLATE, NLM_F_ACK, order->len + sig->len + 64);

	if (!msg || nla_put(msg, KB_A_ORDER, (int)order->len, order->data) < 0 ||
	    nla_put(msg, KB_A_SIG_AUTHOR, (int)sig->len, sig->data) < 0)
		return -ENOMEM;
	return kb_exchange_run(&x, msg);
}
