// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban isolate: cuts this terminal off, or releases it by a signed order (N6). */
#include "agent/cli/common.h"
#include "agent/isolate.h"
#include "agent/json.h"
#include "agent/paths.h"
#include "agent/state.h"
#include "policy/file.h"
#include "policy/order.h"
#include "policy/sign.h"

struct isolate_options {
	const char *order, *state;
	bool json;
};

static int tell(const struct isolate_options *o, bool isolated, const u8 id[KB_ISOLATION_LEN],
		bool kept)
{
	struct kb_json out = { .out = stdout };
	char hex[2 * KB_ISOLATION_LEN + 1];

	kb_hex(id, KB_ISOLATION_LEN, hex);
	if (o->json) {
		kb_json_open(&out, NULL, '{');
		kb_json_bool(&out, "isolated", isolated);
		kb_json_text(&out, "isolation", hex);
		kb_json_bool(&out, "kept", kept);
		kb_json_close(&out, '}');
	} else if (isolated) {
		printf(_("this terminal is isolated (%s)\n"), hex);
		printf(_("to release it, an author makes an order: kidoban order release --isolation %s --key KEY --out FILE\n"),
		       hex);
	} else {
		printf(_("this terminal is released from isolation %s\n"), hex);
	}
	return KB_EXIT_OK;
}

/*
 * Isolating needs no signature: it closes. But an order that is there was sent
 * by somebody, and one that its author did not sign is not obeyed.
 */
static int read_isolate_order(const char *path, u8 ret[KB_ISOLATION_LEN])
{
	KB_CLEANUP(kb_order_done) struct kb_signed_order order = {};
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	struct kb_fault why = {};
	int r = kb_order_read(path, &order, &why);

	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	if (le32_to_cpu(order.order.action) != KB_ORDER_ISOLATE)
		return kb_complain(KB_EXIT_REFUSED, _("%s is an order to release, not to isolate"), path);
	r = kb_trust_read(KB_CONFIG_DIR "/" KB_TRUST_DIR, &trust, &why);
	if (!r)
		r = kb_sign_verify(&order.order, sizeof(order.order), order.sig.data, order.sig.len,
				   &trust, KB_RING_AUTHOR, NULL, &why);
	if (r)
		return kb_complain(KB_EXIT_REFUSED, "%s: %s", path, why.text);
	memcpy(ret, order.order.isolation, KB_ISOLATION_LEN);
	return 0;
}

static int isolate_on(const struct isolate_options *o)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	u8 id[KB_ISOLATION_LEN];
	struct kb_status status;
	struct kb_fault why = {};
	int r, kept;

	r = o->order ? read_isolate_order(o->order, id) : kb_isolate_name(id);
	if (r)
		return o->order ? r : kb_complain(KB_EXIT_REFUSED, "%s", strerror(-r));
	r = kb_open_module(&wire);
	if (r)
		return r;
	r = kb_wire_isolate(wire, id, &why);
	if (r && r != -EALREADY)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	/* whichever isolation it is, the next boot must have it too */
	kept = kb_isolate_follow(wire, o->state, &why);
	if (kept)
		kb_complain(0, _("warning: it holds until the next boot only: %s"), why.text);
	if (!kb_wire_status(wire, &status, NULL) && status.isolated)
		memcpy(id, status.isolation, sizeof(id));
	return tell(o, true, id, !kept);
}

static const char *advice(int err)
{
	switch (err) {
	case -ESTALE:
		return _("the order is for another isolation; 'kidoban status' names the present one");
	case -ENOKEY:
	case -EKEYREJECTED:
		return _("an author whom this terminal trusts must sign the order");
	default:
		return NULL;
	}
}

static int isolate_off(const struct isolate_options *o)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	KB_CLEANUP(kb_order_done) struct kb_signed_order order = {};
	struct kb_bytes bytes;
	struct kb_fault why = {};
	int r, kept;

	r = kb_order_read(o->order, &order, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	r = kb_open_module(&wire);
	if (r)
		return r;
	bytes = (struct kb_bytes){ (u8 *)&order.order, sizeof(order.order) };
	r = kb_wire_release(wire, &bytes, &order.sig, &why);
	if (r) {
		kb_complain(0, "%s", why.text);
		if (advice(r))
			fprintf(stderr, "    → %s\n", advice(r));
		return r == -EPERM ? KB_EXIT_PERMISSION : KB_EXIT_REFUSED;
	}
	kept = kb_isolate_follow(wire, o->state, &why);
	if (kept)
		kb_complain(0, _("warning: the next boot isolates it again: %s"), why.text);
	return tell(o, false, order.order.isolation, !kept);
}

int kb_verb_isolate(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "order", required_argument, NULL, 'o' },
		{ "state", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{}
	};
	struct isolate_options o = { .state = KB_STATE_DIR };
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'o')
			o.order = optarg;
		else if (c == 's')
			o.state = optarg;
		else if (c == 'j')
			o.json = true;
		else
			return kb_usage("", kb_verbs, "isolate");
	}
	if (argc - optind == 1 && !strcmp(argv[optind], "on"))
		return isolate_on(&o);
	if (argc - optind != 1 || strcmp(argv[optind], "off"))
		return kb_usage("", kb_verbs, "isolate");
	if (!o.order) {
		kb_complain(0, _("%s is missing"), "--order");
		return kb_usage("", kb_verbs, "isolate");
	}
	return isolate_off(&o);
}
