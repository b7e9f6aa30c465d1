/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes of a compiled policy, one after the other: uapi/kidoban/blob.h. */
#ifndef KIDOBAN_POLICY_BLOB_WRITER_H
#define KIDOBAN_POLICY_BLOB_WRITER_H

#include <kidoban/agent.h>
#include <kidoban/policy.h>

/* Zero-initialise; free(.bytes). */
struct kb_blob_writer {
	u8 *bytes;
	size_t len, room;
	int error;			/* first one, -ENOMEM or -EMSGSIZE; later writes do nothing */
};

/* @len zero bytes at the end; NULL after an error. */
u8 *kb_blob_reserve(struct kb_blob_writer *w, size_t len);
void kb_blob_put(struct kb_blob_writer *w, u16 type, const void *payload, size_t len);
void kb_blob_put_u8(struct kb_blob_writer *w, u16 type, u8 value);
void kb_blob_put_u32(struct kb_blob_writer *w, u16 type, u32 value);
void kb_blob_put_u64(struct kb_blob_writer *w, u16 type, u64 value);
/* Nothing for NULL. */
void kb_blob_put_string(struct kb_blob_writer *w, u16 type, const char *text);
/* A nest is opened, filled and closed with what was returned. */
size_t kb_blob_open_nest(struct kb_blob_writer *w);
void kb_blob_close_nest(struct kb_blob_writer *w, size_t at, u16 type);

/* The sections of links and paths; nothing where the policy has nothing to say. */
void kb_blob_put_link(struct kb_blob_writer *w, const struct kb_link_policy *link);
void kb_blob_put_paths(struct kb_blob_writer *w, const struct kb_policy *policy);
/* The parts for the agent, KB_BLOB_AGENT. */
void kb_blob_put_agent(struct kb_blob_writer *w, const struct kb_agent_policy *agent);

#endif
