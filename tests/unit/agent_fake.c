// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel made of memory. */
#include "agent_fake.h"

#include <errno.h>
#include <stdlib.h>

#include "agent/store.h"

void fake_done(struct kb_link *link)
{
	kb_bytes_done(&link->in_force);
}

int kb_link_status(struct kb_link *link, struct kb_status *ret, struct kb_fault *ret_fault)
{
	(void)ret_fault;
	*ret = link->status;
	return 0;
}

int kb_link_trust_add(struct kb_link *link, enum kb_ring ring, const void *der, size_t len,
		      struct kb_fault *ret_fault)
{
	(void)der;
	(void)len;
	if (link->add_error[ring])
		return kb_fault(ret_fault, link->add_error[ring], "ring %d refuses", ring);
	link->added[ring]++;
	return 0;
}

int kb_link_trust_seal(struct kb_link *link, const char *municipality, const char *group, u32 epoch,
		       u32 serial, struct kb_fault *ret_fault)
{
	if (link->status.sealed)
		return kb_fault(ret_fault, -EROFS, "sealed already");
	snprintf(link->sealed_as.municipality, sizeof(link->sealed_as.municipality), "%s", municipality);
	snprintf(link->sealed_as.group, sizeof(link->sealed_as.group), "%s", group);
	link->sealed_as.epoch = epoch;
	link->sealed_as.serial = serial;
	link->status.sealed = 1;
	return 0;
}

int kb_link_policy_load(struct kb_link *link, const struct kb_bytes *blob,
			const struct kb_bytes *author, const struct kb_bytes *approver,
			struct kb_fault *ret_fault)
{
	struct kb_floor age = { 0, 0 };
	int r = link->load_error[link->loads];

	(void)author;
	(void)approver;
	kb_blob_peek(blob, &age, NULL);
	link->loaded[link->loads++] = age.serial;
	if (!r && link->in_force.data && link->in_force.len == blob->len &&
	    !memcmp(link->in_force.data, blob->data, blob->len))
		r = -EALREADY;
	if (r)
		return kb_fault(ret_fault, r, "serial %u is refused", age.serial);
	kb_bytes_done(&link->in_force);
	link->in_force = (struct kb_bytes){ malloc(blob->len), blob->len };
	memcpy(link->in_force.data, blob->data, blob->len);
	link->status.policy = 1;
	link->status.epoch = age.epoch;
	link->status.serial = age.serial;
	return 0;
}

int kb_link_events(struct kb_link *link, u64 first, kb_record_fn fn, void *userdata,
		   struct kb_fault *ret_fault)
{
	unsigned int i;
	int r = 0;

	(void)ret_fault;
	for (i = 0; !r && i < link->n_stored; i++)
		if (link->stored[i].seq >= first)
			r = fn(&link->stored[i], userdata);
	return r;
}

int kb_link_receive(struct kb_link *link, kb_record_fn fn, void *userdata,
		    struct kb_fault *ret_fault)
{
	unsigned int i;
	int r = 0;

	(void)ret_fault;
	for (i = 0; !r && i < link->n_live; i++)
		r = fn(&link->live[i], userdata);
	link->n_live = 0;
	if (!r) {
		r = link->receive_error;
		link->receive_error = 0;
	}
	return r;
}
