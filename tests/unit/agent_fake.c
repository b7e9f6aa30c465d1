// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel made of memory. */
#include "agent_fake.h"

#include <errno.h>
#include <stdlib.h>

#include "agent/store.h"

void fake_done(struct kb_wire *wire)
{
	kb_bytes_done(&wire->in_force);
}

int kb_wire_status(struct kb_wire *wire, struct kb_status *ret, struct kb_fault *ret_fault)
{
	(void)ret_fault;
	*ret = wire->status;
	return 0;
}

int kb_wire_trust_add(struct kb_wire *wire, enum kb_ring ring, const void *der, size_t len,
		      struct kb_fault *ret_fault)
{
	(void)der;
	(void)len;
	if (wire->add_error[ring])
		return kb_fault(ret_fault, wire->add_error[ring], "ring %d refuses", ring);
	wire->added[ring]++;
	return 0;
}

int kb_wire_trust_seal(struct kb_wire *wire, const char *municipality, const char *group, u32 epoch,
		       u32 serial, struct kb_fault *ret_fault)
{
	if (wire->status.sealed)
		return kb_fault(ret_fault, -EROFS, "sealed already");
	snprintf(wire->sealed_as.municipality, sizeof(wire->sealed_as.municipality), "%s", municipality);
	snprintf(wire->sealed_as.group, sizeof(wire->sealed_as.group), "%s", group);
	wire->sealed_as.epoch = epoch;
	wire->sealed_as.serial = serial;
	wire->status.sealed = 1;
	return 0;
}

int kb_wire_policy_load(struct kb_wire *wire, const struct kb_bytes *blob,
			const struct kb_bytes *author, const struct kb_bytes *approver,
			struct kb_fault *ret_fault)
{
	struct kb_floor age = { 0, 0 };
	int r = wire->load_error[wire->loads];

	(void)author;
	(void)approver;
	kb_blob_peek(blob, &age, NULL);
	wire->loaded[wire->loads++] = age.serial;
	if (!r && wire->in_force.data && wire->in_force.len == blob->len &&
	    !memcmp(wire->in_force.data, blob->data, blob->len))
		r = -EALREADY;
	if (r)
		return kb_fault(ret_fault, r, "serial %u is refused", age.serial);
	kb_bytes_done(&wire->in_force);
	wire->in_force = (struct kb_bytes){ malloc(blob->len), blob->len };
	memcpy(wire->in_force.data, blob->data, blob->len);
	wire->status.policy = 1;
	wire->status.epoch = age.epoch;
	wire->status.serial = age.serial;
	return 0;
}

int kb_wire_events(struct kb_wire *wire, u64 first, kb_record_fn fn, void *userdata,
		   struct kb_fault *ret_fault)
{
	unsigned int i;
	int r = 0;

	(void)ret_fault;
	for (i = 0; !r && i < wire->n_stored; i++)
		if (wire->stored[i].seq >= first)
			r = fn(&wire->stored[i], userdata);
	return r;
}

int kb_wire_receive(struct kb_wire *wire, kb_record_fn fn, void *userdata,
		    struct kb_fault *ret_fault)
{
	unsigned int i;
	int r = 0;

	(void)ret_fault;
	for (i = 0; !r && i < wire->n_live; i++)
		r = fn(&wire->live[i], userdata);
	wire->n_live = 0;
	if (!r) {
		r = wire->receive_error;
		wire->receive_error = 0;
	}
	return r;
}

int kb_wire_policy_get(struct kb_wire *wire, struct kb_bytes *ret, struct kb_fault *ret_fault)
{
	u8 *copy;

	wire->policy_gets++;
	if (!wire->policy.data)
		return kb_fault(ret_fault, -ENODATA, "no policy in force");
	copy = malloc(wire->policy.len);
	memcpy(copy, wire->policy.data, wire->policy.len);
	*ret = (struct kb_bytes){ copy, wire->policy.len };
	return 0;
}

int kb_wire_context_set(struct kb_wire *wire, const struct kb_context_report *report,
			struct kb_fault *ret_fault)
{
	int r = wire->contexts < 8 ? wire->context_error[wire->contexts] : 0;

	wire->contexts++;
	if (wire->on_context)
		wire->on_context(wire);
	if (!r && report->generation != wire->status.generation)
		r = -ESTALE;
	if (r)
		return kb_fault(ret_fault, r, "context refused");
	wire->said = *report;
	wire->status.lease = report->ttl != 0;
	return 0;
}

int kb_wire_isolate(struct kb_wire *wire, const u8 id[KB_ISOLATION_LEN], struct kb_fault *ret_fault)
{
	wire->isolations++;
	if (wire->isolate_error)
		return kb_fault(ret_fault, wire->isolate_error, "isolation refused");
	if (wire->status.isolated)
		return kb_fault(ret_fault, -EALREADY, "isolated already");
	wire->status.isolated = 1;
	memcpy(wire->status.isolation, id, KB_ISOLATION_LEN);
	return 0;
}

int kb_wire_links(struct kb_wire *wire, struct kb_record **ret, size_t *ret_n,
		  struct kb_fault *ret_fault)
{
	(void)ret_fault;
	*ret = calloc(wire->n_links + 1, sizeof(**ret));
	memcpy(*ret, wire->links, wire->n_links * sizeof(**ret));
	*ret_n = wire->n_links;
	return 0;
}

int kb_wire_paths(struct kb_wire *wire, struct kb_path_row **ret, size_t *ret_n,
		  struct kb_fault *ret_fault)
{
	(void)ret_fault;
	*ret = calloc(wire->n_paths + 1, sizeof(**ret));
	memcpy(*ret, wire->paths, wire->n_paths * sizeof(**ret));
	*ret_n = wire->n_paths;
	return 0;
}
