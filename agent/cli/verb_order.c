// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban order: signed orders that isolate terminals and release them, made where the keys are. */
#include "agent/cli/common.h"
#include "agent/cli/signer.h"
#include "agent/json.h"
#include "policy/order.h"

struct order_options {
	const char *key, *cert, *out, *password_file;
	u8 isolation[KB_ISOLATION_LEN];
	bool has_isolation;
};

static int make(const struct order_options *o, enum kb_order_action action)
{
	KB_CLEANUP(kb_order_done) struct kb_signed_order order = {};
	KB_CLEANUP(kb_signer_done) struct kb_signer signer = {};
	char hex[2 * KB_ISOLATION_LEN + 1];
	struct kb_bytes bytes;
	struct kb_fault why = {};
	int r, role = KB_RING_AUTHOR;

	kb_order_fill(&order.order, action, o->isolation);
	kb_hex(o->isolation, KB_ISOLATION_LEN, hex);
	r = kb_signer_open(&signer, o->cert, o->key, &role);
	if (r)
		return r;
	/* who gives the key's password has read what it signs */
	printf(action == KB_ORDER_RELEASE ? _("order: release the terminal from isolation %s\n") :
					    _("order: isolate the terminal, as %s\n"), hex);
	bytes = (struct kb_bytes){ (u8 *)&order.order, sizeof(order.order) };
	r = kb_signer_sign(&signer, o->key, o->password_file, &bytes, &order.sig);
	if (r)
		return r;
	r = kb_order_write(o->out, &order, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	printf(_("signed as %s: %s\n"), kb_role_name(KB_RING_AUTHOR), o->out);
	return KB_EXIT_OK;
}

/* 0 or an exit code. */
static int take_option(int c, struct order_options *o)
{
	switch (c) {
	case 'i':
		if (!kb_isolation_parse(optarg, o->isolation))
			return kb_complain(KB_EXIT_USAGE,
					   _("an isolation has 32 hexadecimal digits, as 'kidoban status' shows them"));
		o->has_isolation = true;
		return 0;
	case 'k':
		o->key = optarg;
		return 0;
	case 'c':
		o->cert = optarg;
		return 0;
	case 'o':
		o->out = optarg;
		return 0;
	case 'p':
		o->password_file = optarg;
		return 0;
	default:
		return KB_EXIT_USAGE;
	}
}

static int parse_and_make(int argc, char **argv, enum kb_order_action action)
{
	static const struct option longs[] = {
		{ "isolation", required_argument, NULL, 'i' }, { "key", required_argument, NULL, 'k' },
		{ "cert", required_argument, NULL, 'c' },      { "out", required_argument, NULL, 'o' },
		{ "password-file", required_argument, NULL, 'p' }, {}
	};
	struct order_options o = {};
	const char *missing;
	int c, r;

	while ((c = getopt_long(argc, argv, "o:", longs, NULL)) != -1) {
		r = take_option(c, &o);
		if (r)
			return c == '?' ? kb_usage("order", kb_order_verbs, argv[0]) : r;
	}
	missing = !o.has_isolation ? "--isolation" : !o.key ? "--key" : !o.out ? "--out" : NULL;
	if (missing)
		kb_complain(0, _("%s is missing"), missing);
	if (missing || optind != argc)
		return kb_usage("order", kb_order_verbs, argv[0]);
	return make(&o, action);
}

static int order_release(int argc, char **argv)
{
	return parse_and_make(argc, argv, KB_ORDER_RELEASE);
}

static int order_isolate(int argc, char **argv)
{
	return parse_and_make(argc, argv, KB_ORDER_ISOLATE);
}

static int order_show(int argc, char **argv)
{
	KB_CLEANUP(kb_order_done) struct kb_signed_order order = {};
	struct kb_json out = { .out = stdout };
	char hex[2 * KB_ISOLATION_LEN + 1];
	struct kb_fault why = {};
	bool json = argc == 3 && !strcmp(argv[2], "--json");
	int r;

	if (argc != 2 + json)
		return kb_usage("order", kb_order_verbs, "show");
	r = kb_order_read(argv[1], &order, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	kb_hex(order.order.isolation, KB_ISOLATION_LEN, hex);
	if (!json) {
		printf(le32_to_cpu(order.order.action) == KB_ORDER_RELEASE ?
		       _("order: release the terminal from isolation %s\n") :
		       _("order: isolate the terminal, as %s\n"), hex);
		return KB_EXIT_OK;
	}
	kb_json_open(&out, NULL, '{');
	kb_json_text(&out, "order", kb_order_action_name(le32_to_cpu(order.order.action)));
	kb_json_text(&out, "isolation", hex);
	kb_json_uint(&out, "signature_bytes", order.sig.len);
	kb_json_close(&out, '}');
	return KB_EXIT_OK;
}

const struct kb_verb kb_order_verbs[] = {
	{ "release", order_release,
	  "--isolation HEX --key KEY [--cert CERT] --out FILE [--password-file FILE]",
	  N_("sign an order that releases a terminal from that isolation"), NULL,
	  "--isolation --key --cert --out --password-file" },
	{ "isolate", order_isolate,
	  "--isolation HEX --key KEY [--cert CERT] --out FILE [--password-file FILE]",
	  N_("sign an order that isolates a terminal under that name"), NULL,
	  "--isolation --key --cert --out --password-file" },
	{ "show", order_show, "FILE [--json]", N_("print what a signed order says"), NULL, "--json" },
	{}
};

int kb_verb_order(int argc, char **argv)
{
	return kb_verb_dispatch("order", kb_order_verbs, argc, argv);
}
