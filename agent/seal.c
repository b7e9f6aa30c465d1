// SPDX-License-Identifier: GPL-2.0-or-later
/* Gives the module its keys and its terminal's name, then seals both. */
#include "agent/seal.h"

#include "agent/paths.h"
#include "agent/state.h"
#include "agent/store.h"
#include "agent/terminal.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

struct sealing {
	struct kb_wire *wire;
	kb_note_fn note;
	void *userdata;
};

__attribute__((format(printf, 2, 3)))
static void tell(const struct sealing *s, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (!s->note)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->note(text, s->userdata);
}

static int add_certs(const struct sealing *s, const struct kb_trust *trust,
		     struct kb_fault *ret_fault)
{
	unsigned int added[KB_RING_MAX] = {}, files[KB_RING_MAX] = {};
	const struct kb_trust_cert *cert;
	struct kb_fault why;
	size_t i;
	int r;

	for (i = 0; i < trust->n_certs; i++) {
		cert = &trust->certs[i];
		why = (struct kb_fault){};
		r = kb_wire_trust_add(s->wire, cert->ring, cert->der, cert->len, &why);
		if (r == -EROFS || r == -EPERM || r == -ENOENT || r == -ETIMEDOUT)
			return kb_fault(ret_fault, r, "%s", why.text);
		files[cert->ring]++;
		/* it stands there already: an earlier attempt was cut short */
		if (!r || r == -EEXIST)
			added[cert->ring]++;
		else
			tell(s, "%s: %s", cert->path, why.text);
	}
	for (i = 0; i < KB_RING_MAX; i++)
		if (files[i] && !added[i])
			return kb_fault(ret_fault, -ENOKEY,
					_("the kernel took no certificate of trust/%s"),
					kb_role_name((enum kb_ring)i));
	return 0;
}

/* The floor on disk, or what the last good bundle says when that file is torn. */
static void read_floor(const struct sealing *s, const char *state_dir,
		       struct kb_terminal *terminal)
{
	struct kb_floor floor = {}, kept = {};
	int r = kb_floor_read(state_dir, &floor);

	if (r && r != -ENOENT)
		tell(s, _("%s/%s is damaged (%s); going by the stored policy instead"), state_dir,
		     KB_STATE_FILE, strerror(-r));
	if (!kb_store_peek(state_dir, &kept) &&
	    (kept.epoch > floor.epoch || (kept.epoch == floor.epoch && kept.serial > floor.serial)))
		floor = kept;
	terminal->floor_epoch = floor.epoch;
	terminal->floor_serial = floor.serial;
}

/* Hands over who may sign; *ret is who this terminal is, its floor still 0, 0. */
static int add_trust(const struct sealing *s, const char *config_dir, struct kb_terminal *ret,
		     struct kb_fault *ret_fault)
{
	KB_FREE char *trust_dir = kb_path_join(config_dir, KB_TRUST_DIR);
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	size_t i;
	int r;

	if (!trust_dir)
		return -ENOMEM;
	r = kb_terminal_read(config_dir, ret, ret_fault);
	if (!r)
		r = kb_trust_read(trust_dir, &trust, ret_fault);
	for (i = 0; i < trust.n_problems; i++)
		tell(s, "%s: %s", trust.problems[i].path, trust.problems[i].text);
	if (!r)
		r = kb_trust_usable(&trust, ret_fault);
	return r ?: add_certs(s, &trust, ret_fault);
}

/* 1 when somebody sealed already. */
static int is_sealed(struct kb_wire *wire, struct kb_fault *ret_fault)
{
	struct kb_status status;
	int r = kb_wire_status(wire, &status, ret_fault);

	return r ?: status.sealed != 0;
}

int kb_seal_as(struct kb_wire *wire, const char *config_dir, const struct kb_floor *floor,
	       kb_note_fn note, void *userdata, struct kb_fault *ret_fault)
{
	struct sealing s = { wire, note, userdata };
	struct kb_terminal terminal;
	int r = is_sealed(wire, ret_fault);

	if (r)
		return r < 0 ? r : 0;
	r = add_trust(&s, config_dir, &terminal, ret_fault);
	return r ?: kb_wire_trust_seal(wire, terminal.municipality, terminal.group, floor->epoch,
				       floor->serial, ret_fault);
}

int kb_seal(struct kb_wire *wire, const char *config_dir, const char *state_dir, kb_note_fn note,
	    void *userdata, bool *ret_sealed, struct kb_fault *ret_fault)
{
	struct sealing s = { wire, note, userdata };
	struct kb_terminal terminal;
	int r = is_sealed(wire, ret_fault);

	if (r < 0)
		return r;
	if (r) {
		*ret_sealed = false;
		return 0;
	}
	r = add_trust(&s, config_dir, &terminal, ret_fault);
	if (r)
		return r;
	read_floor(&s, state_dir, &terminal);
	r = kb_wire_trust_seal(wire, terminal.municipality, terminal.group, terminal.floor_epoch,
			       terminal.floor_serial, ret_fault);
	if (r)
		return r;
	/* a fresh module numbers its events from one: what an agent before us remembers is void */
	r = kb_cursor_write(state_dir, 0);
	if (r)
		tell(&s, _("cannot remember the last event in %s: %s"), state_dir, strerror(-r));
	*ret_sealed = true;
	return 0;
}
