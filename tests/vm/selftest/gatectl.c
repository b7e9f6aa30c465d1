// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gatectl: the scenarios' hand on the module, without agent and command. It
 * compiles and signs with the throw-away keys, so a policy is one line of shell.
 */
#include <arpa/inet.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "gate.h"
#include "policy/blob_write.h"
#include "policy/reason.h"
#include "policy/text.h"

#define TEXT_MAX	(1024 * 1024)

static int usage(void)
{
	fputs("usage: gatectl seal [approver] [EPOCH SERIAL]\n"
	      "       gatectl load [--by NAME] [--edit] < POLICY.yaml\n"
	      "       gatectl swap N < POLICY.yaml   loads it N times under a lease, serials go up\n"
	      "       gatectl status [FIELD]\n"
	      "       gatectl devices [NAME]  NAME ACTION REASON MODE DRIVER\n"
	      "       gatectl events [FIRST]  SEQ TYPE NAME ACTION REASON BY, of a packet also\n"
	      "                       DIRECTION FROM TO PROTO SPORT DPORT UID COMM COUNT PATH\n"
	      "       gatectl context TTL [generation=N|none] [zone=N] [schedules=MASK]\n"
	      "                       [link=IFINDEX:GENERATION:PROFILE]...\n"
	      "       gatectl links [NAME [FIELD]]\n"
	      "       gatectl paths [NAME [FIELD]]\n"
	      "       gatectl isolate HEX\n"
	      "       gatectl order release|isolate HEX ORDERFILE SIGFILE [BY]\n"
	      "       gatectl release ORDERFILE SIGFILE\n"
	      "Exit status: 0; 1 refused, the reason on standard error; 2 usage; 4 no module.\n",
	      stderr);
	return 2;
}

static int tell(const struct answer *a)
{
	if (!a->err)
		return 0;
	fprintf(stderr, "%s: %s\n", strerrorname_np(-a->err), a->text);
	return 1;
}

static int verb_seal(struct client *c, int argc, char **argv)
{
	bool approver = argc && !strcmp(argv[0], "approver");
	struct answer a = {};

	argc -= approver;
	argv += approver;
	if (argc && argc != 2)
		return usage();
	a.err = gate_seal(c, approver, argc ? (u32)atol(argv[0]) : 0, argc ? (u32)atol(argv[1]) : 0);
	return tell(&a);
}

/* Reads what stands on standard input. No checks: scenarios want odd policies, too. */
static int read_text(struct kb_model **ret_model)
{
	static char text[TEXT_MAX];
	size_t len = fread(text, 1, sizeof(text), stdin);
	struct kb_diags diags = {};
	int err = kb_text_parse(text, len, &diags, ret_model);

	kb_diags_write(&diags, "policy", stderr);
	kb_diags_done(&diags);
	return err;
}

static int compile(void **ret_blob, size_t *ret_len)
{
	struct kb_model *model;
	int err = read_text(&model);

	if (err)
		return err;
	err = kb_blob_write(&model->policy, &model->agent, ret_blob, ret_len);
	kb_model_free(model);
	return err;
}

static int verb_load(struct client *c, int argc, char **argv)
{
	const char *by = "author";
	struct bytes blob, author, approver = {};
	struct answer a;
	bool edit = false;
	void *data;
	size_t len;

	for (; argc; argc--, argv++) {
		if (!strcmp(*argv, "--edit"))
			edit = true;
		else if (!strcmp(*argv, "--by") && argc-- > 1)
			by = *++argv;
		else
			return usage();
	}
	if (compile(&data, &len))
		return 1;
	blob = bytes_of(data, len);
	free(data);
	author = forge_sign(by, blob.data, blob.len);
	if (client_status(c).value[KB_A_KEYS_APPROVER])
		approver = forge_sign("approver", blob.data, blob.len);
	/* what somebody does who has the file and not the key */
	if (edit)
		blob.data[blob.len - 1] ^= 1;
	a = client_load(c, &blob, &author, approver.len ? &approver : NULL);
	return tell(&a);
}

static int verb_context(struct client *c, int argc, char **argv);

#define SWAPS_A_LEASE	20	/* the lease is renewed after so many, as the agent would */

/* One and the same policy, again and again, each time with the next serial number. */
static int verb_swap(struct client *c, int argc, char **argv)
{
	char *ttl[] = { "60" };
	struct kb_model *model;
	struct answer a = {};
	unsigned long i;

	if (argc != 1 || read_text(&model))
		return usage();
	model->policy.header.serial = client_status(c).value[KB_A_SERIAL_NO];
	for (i = 0; !a.err && i < strtoul(argv[0], NULL, 10); i++) {
		struct offer offer;
		size_t len;
		void *data;

		model->policy.header.serial++;
		if (kb_blob_write(&model->policy, &model->agent, &data, &len))
			return 1;
		offer = gate_offer_bytes(data, len, false);
		a = gate_load(c, &offer);
		offer_done(&offer);
		free(data);
		if (!a.err && i % SWAPS_A_LEASE == 0 && verb_context(c, 1, ttl))
			return 1;
	}
	kb_model_free(model);
	return tell(&a);
}

static const struct {
	const char *name;
	int attr;
} fields[] = {
	{ "sealed", KB_A_SEALED },	{ "policy", KB_A_POLICY },
	{ "epoch", KB_A_EPOCH },	{ "serial", KB_A_SERIAL_NO },
	{ "mode", KB_A_MODE_MEDIA },	{ "rules", KB_A_RULES },
	{ "lock", KB_A_LOCK },		{ "generation", KB_A_GENERATION },
	{ "allowed", KB_A_ALLOWED },	{ "refused", KB_A_REFUSED },
	{ "audited", KB_A_AUDITED },	{ "overrides", KB_A_OVERRIDES },
	{ "present", KB_A_PRESENT },	{ "seq", KB_A_EVENT_SEQ },
	{ "lost", KB_A_EVENT_LOST },	{ "memory", KB_A_MEMORY },
	{ "link-mode", KB_A_MODE_LINK }, { "path-mode", KB_A_MODE_PATH },
	{ "link-rules", KB_A_LINK_RULES }, { "path-rules", KB_A_PATH_RULES },
	{ "networks", KB_A_NETWORKS },	{ "prefixes", KB_A_PREFIXES },
	{ "lease", KB_A_LEASE },	{ "lease-left", KB_A_LEASE_LEFT },
	{ "zone", KB_A_ZONE },		{ "schedules", KB_A_SCHEDULES },
	{ "isolated", KB_A_ISOLATED },	{ "path-allowed", KB_A_PATH_ALLOWED },
	{ "path-refused", KB_A_PATH_REFUSED }, { "path-audited", KB_A_PATH_AUDITED },
	{ "flows-cut", KB_A_FLOWS_CUT }, { "builtin", KB_A_BUILTIN },
};

static int verb_status(struct client *c, int argc, char **argv)
{
	struct status s = client_status(c);
	bool found = false;
	size_t i;

	for (i = 0; !s.answer.err && i < ARRAY_SIZE(fields); i++) {
		if (!argc)
			printf("%s %llu\n", fields[i].name,
			       (unsigned long long)s.value[fields[i].attr]);
		else if (!strcmp(argv[0], fields[i].name))
			found = printf("%llu\n", (unsigned long long)s.value[fields[i].attr]);
	}
	if (argc && !found && !s.answer.err)
		return usage();
	return tell(&s.answer);
}

static const char *name_of(const char *const *names, size_t n, struct nlattr *attr)
{
	u8 value = attr ? nla_get_u8(attr) : 0;

	return !attr ? "-" : value < n && names[value] ? names[value] : "?";
}

static const char *string_of(struct nlattr *attr)
{
	return attr ? nla_get_string(attr) : "-";
}

static const char *reason_of(struct nlattr *attr)
{
	return attr ? kb_reason_name(nla_get_u8(attr)) : "-";
}

/* Any number, whatever its width; 0 when it is missing. */
static unsigned long long number_of(struct nlattr *attr)
{
	u64 value = 0;

	if (attr && (size_t)nla_len(attr) <= sizeof(value))
		memcpy(&value, nla_data(attr), (size_t)nla_len(attr));
	return value;
}

/* An address of IP or a MAC address. The text is one of four in turn. */
static const char *address_of(struct nlattr *attr)
{
	static char texts[4][INET6_ADDRSTRLEN];
	static unsigned int turn;
	char *text = texts[turn++ % ARRAY_SIZE(texts)];
	const u8 *b = attr ? nla_data(attr) : NULL;

	snprintf(text, sizeof(texts[0]), "-");
	if (attr && nla_len(attr) == 6)
		snprintf(text, sizeof(texts[0]), "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3],
			 b[4], b[5]);
	else if (attr && (nla_len(attr) == 4 || nla_len(attr) == 16))
		inet_ntop(nla_len(attr) == 4 ? AF_INET : AF_INET6, b, text, sizeof(texts[0]));
	return text;
}

static const char *const actions[] = { "refuse", "allow" };
static const char *const modes[] = { "off", "audit", "enforce" };
static const char *const types[] = {
	"?", "verdict", "override", "gone", "trust", "sealed", "policy", "policy-refused", "link",
	"link-override", "link-gone", "bypass", "packet", "lease", "isolate",
};
static const char *const directions[] = { "out", "in", "forward" };
static const char *const kinds[] = {
	"ethernet", "wifi", "wwan", "tether", "bluetooth", "tun", "tap", "ppp", "wireguard", "tunnel",
	"vlan", "bridge", "bond", "macvlan", "veth", "dummy", "other", "loopback",
};
static const char *const buses[] = { "pci", "usb", "platform", "virtual", "other" };
static const char *const path_kinds[] = { "path", "essential", "collector", "peer", "inbound",
					  "discovery", "tunnel" };
#define NAME(names, attr) name_of(names, ARRAY_SIZE(names), attr)

/* "1-2:1.0", as sysfs has it. */
static const char *interface_name(struct nlattr **attrs)
{
	static char name[64];

	if (!attrs[KB_A_DEVICE] || !attrs[KB_A_INTERFACE] || !attrs[KB_A_CONFIGURATION])
		return "-";
	snprintf(name, sizeof(name), "%s:%u.%u", nla_get_string(attrs[KB_A_DEVICE]),
		 nla_get_u8(attrs[KB_A_CONFIGURATION]), nla_get_u8(attrs[KB_A_INTERFACE]));
	return name;
}

/* @wanted: the only name to print, NULL for all. */
static void print_device(u8 cmd, struct nlattr **attrs, void *wanted)
{
	(void)cmd;
	if (!wanted)
		printf("%s ", interface_name(attrs));
	else if (strcmp(interface_name(attrs), wanted))
		return;
	printf("%s %s %s %s\n", NAME(actions, attrs[KB_A_ACTION]), reason_of(attrs[KB_A_REASON]),
	       NAME(modes, attrs[KB_A_MODE_MEDIA]), string_of(attrs[KB_A_DRIVER]));
}

/* What happened to: a device's interface, a network interface, or neither. */
static const char *subject_of(struct nlattr **attrs)
{
	return attrs[KB_A_LINK] ? nla_get_string(attrs[KB_A_LINK]) : interface_name(attrs);
}

static void print_event(u8 cmd, struct nlattr **attrs, void *unused)
{
	(void)cmd;
	(void)unused;
	printf("%llu %s %s %s %s %s", number_of(attrs[KB_A_SEQ]), NAME(types, attrs[KB_A_EVENT]),
	       subject_of(attrs), NAME(actions, attrs[KB_A_ACTION]), reason_of(attrs[KB_A_REASON]),
	       string_of(attrs[KB_A_DRIVER]));
	if (attrs[KB_A_FAMILY])
		printf(" %s %s %s %llu %llu %llu %lld %s %llu %s",
		       NAME(directions, attrs[KB_A_DIRECTION]), address_of(attrs[KB_A_SRC]),
		       address_of(attrs[KB_A_DST]), number_of(attrs[KB_A_PROTO]),
		       number_of(attrs[KB_A_SPORT]), number_of(attrs[KB_A_DPORT]),
		       attrs[KB_A_UID] ? (long long)number_of(attrs[KB_A_UID]) : -1,
		       string_of(attrs[KB_A_COMM]), number_of(attrs[KB_A_COUNT]),
		       string_of(attrs[KB_A_NAME]));
	putchar('\n');
}

static int verb_devices(struct client *c, int argc, char **argv)
{
	struct answer a;

	if (argc > 1)
		return usage();
	a = client_ask(c, client_request(c, KB_CMD_DEVICE_DUMP, NLM_F_DUMP), print_device, *argv);
	return tell(&a);
}

static int verb_events(struct client *c, int argc, char **argv)
{
	struct nl_msg *msg = client_request(c, KB_CMD_EVENT_DUMP, NLM_F_DUMP);
	struct answer a;

	client_put_u64(msg, KB_A_SEQ, argc ? strtoull(argv[0], NULL, 10) : 1);
	a = client_ask(c, msg, print_event, NULL);
	return tell(&a);
}

/* Which of a dump's messages and fields to print. */
struct choice {
	const char *name, *field;	/* NULL = all */
	bool found;
};

/* One field; "name=value" in a row of several, the bare value when it was asked for. */
__attribute__((format(printf, 3, 4)))
static void field(struct choice *choice, const char *name, const char *fmt, ...)
{
	va_list ap;

	if (choice->field && strcmp(choice->field, name))
		return;
	choice->found = true;
	if (!choice->field)
		printf(" %s=", name);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

/* Opens the row of what is called @name; false when it is not wanted. */
static bool begin_row(const struct choice *choice, const char *name)
{
	if (choice->name && strcmp(choice->name, name))
		return false;
	if (!choice->field)
		fputs(name, stdout);
	return true;
}

static void print_link(u8 cmd, struct nlattr **attrs, void *data)
{
	struct choice *choice = data;

	(void)cmd;
	if (!begin_row(choice, string_of(attrs[KB_A_LINK])))
		return;
	field(choice, "ifindex", "%llu", number_of(attrs[KB_A_IFINDEX]));
	field(choice, "netns", "%llu", number_of(attrs[KB_A_NETNS]));
	field(choice, "kind", "%s", NAME(kinds, attrs[KB_A_LINK_KIND]));
	field(choice, "bus", "%s", NAME(buses, attrs[KB_A_LINK_BUS]));
	field(choice, "path", "%s", string_of(attrs[KB_A_PORT]));
	field(choice, "driver", "%s", string_of(attrs[KB_A_DRIVER]));
	field(choice, "mac", "%s", address_of(attrs[KB_A_MAC]));
	field(choice, "perm", "%s", address_of(attrs[KB_A_PERM_MAC]));
	field(choice, "action", "%s", NAME(actions, attrs[KB_A_ACTION]));
	field(choice, "reason", "%s", reason_of(attrs[KB_A_REASON]));
	field(choice, "rule", "%s", string_of(attrs[KB_A_NAME]));
	field(choice, "line", "%llu", number_of(attrs[KB_A_LINE]));
	field(choice, "up", "%llu", number_of(attrs[KB_A_LINK_UP]));
	field(choice, "open", "%llu", number_of(attrs[KB_A_LINK_OPEN]));
	field(choice, "generation", "%llu", number_of(attrs[KB_A_LINK_GENERATION]));
	field(choice, "profile", "%lld",
	      attrs[KB_A_PROFILE] ? (long long)number_of(attrs[KB_A_PROFILE]) : -1);
	field(choice, "bypass", "%llu", number_of(attrs[KB_A_BYPASS]));
	putchar('\n');
}

static void print_path(u8 cmd, struct nlattr **attrs, void *data)
{
	struct choice *choice = data;

	(void)cmd;
	if (!begin_row(choice, string_of(attrs[KB_A_NAME])))
		return;
	field(choice, "rule", "%llu", number_of(attrs[KB_A_RULE]));
	field(choice, "line", "%llu", number_of(attrs[KB_A_LINE]));
	field(choice, "kind", "%s", NAME(path_kinds, attrs[KB_A_PATH_KIND]));
	field(choice, "open", "%llu", number_of(attrs[KB_A_PATH_OPEN]));
	field(choice, "reason", "%s", reason_of(attrs[KB_A_REASON]));
	field(choice, "packets", "%llu", number_of(attrs[KB_A_PACKETS]));
	field(choice, "bytes", "%llu", number_of(attrs[KB_A_BYTES]));
	field(choice, "refusals", "%llu", number_of(attrs[KB_A_REFUSALS]));
	putchar('\n');
}

/* A whole dump, or what is called argv[0] in it, or the field argv[1] of that. */
static int dump(struct client *c, u8 cmd, client_fn print, int argc, char **argv)
{
	struct choice choice = { .name = argc > 0 ? argv[0] : NULL, .field = argc > 1 ? argv[1] : NULL };
	struct answer a;

	if (argc > 2)
		return usage();
	a = client_ask(c, client_request(c, cmd, NLM_F_DUMP), print, &choice);
	return tell(&a) ?: choice.name && !choice.found;
}

static int verb_links(struct client *c, int argc, char **argv)
{
	return dump(c, KB_CMD_LINK_DUMP, print_link, argc, argv);
}

static int verb_paths(struct client *c, int argc, char **argv)
{
	return dump(c, KB_CMD_PATH_DUMP, print_path, argc, argv);
}

static void put_link(struct nl_msg *msg, unsigned int ifindex, unsigned int generation,
		     unsigned int profile)
{
	struct nlattr *nest = nla_nest_start(msg, KB_A_CONTEXT_LINK | NLA_F_NESTED);

	client_put_u32(msg, KB_A_IFINDEX, ifindex);
	client_put_u32(msg, KB_A_LINK_GENERATION, generation);
	client_put_u32(msg, KB_A_PROFILE, profile);
	nla_nest_end(msg, nest);
}

/* One word of "context"; false when it is none. */
static bool put_word(struct nl_msg *msg, const char *word, char **generation)
{
	unsigned int ifindex, gen, profile;

	if (!strncmp(word, "generation=", 11))
		*generation = (char *)word + 11;
	else if (!strncmp(word, "zone=", 5))
		client_put_u32(msg, KB_A_ZONE, (u32)strtoul(word + 5, NULL, 0));
	else if (!strncmp(word, "schedules=", 10))
		client_put_u64(msg, KB_A_SCHEDULES, strtoull(word + 10, NULL, 0));
	else if (sscanf(word, "link=%u:%u:%u", &ifindex, &gen, &profile) == 3)
		put_link(msg, ifindex, gen, profile);
	else
		return false;
	return true;
}

/* Without another word for it, the context is of the policy in force. */
static int verb_context(struct client *c, int argc, char **argv)
{
	struct nl_msg *msg = client_request(c, KB_CMD_CONTEXT_SET, 0);
	char *generation = NULL;
	struct answer a;
	int i;

	if (!argc)
		return usage();
	client_put_u32(msg, KB_A_LEASE_TTL, (u32)strtoul(argv[0], NULL, 0));
	for (i = 1; i < argc; i++)
		if (!put_word(msg, argv[i], &generation))
			return usage();
	if (!generation)
		client_put_u64(msg, KB_A_GENERATION, client_status(c).value[KB_A_GENERATION]);
	else if (strcmp(generation, "none"))
		client_put_u64(msg, KB_A_GENERATION, strtoull(generation, NULL, 0));
	a = client_ask(c, msg, NULL, NULL);
	return tell(&a);
}

/* 32 hexadecimal digits. */
static bool parse_isolation(const char *text, u8 ret[16])
{
	unsigned int byte;
	int i;

	if (strlen(text) != 32)
		return false;
	for (i = 0; i < 16; i++) {
		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			return false;
		ret[i] = (u8)byte;
	}
	return true;
}

static int verb_isolate(struct client *c, int argc, char **argv)
{
	struct nl_msg *msg = client_request(c, KB_CMD_ISOLATE, 0);
	struct answer a;
	u8 id[16];

	if (argc != 1 || !parse_isolation(argv[0], id))
		return usage();
	client_put(msg, KB_A_ISOLATION, id, sizeof(id));
	a = client_ask(c, msg, NULL, NULL);
	return tell(&a);
}

static int write_file(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "we");
	bool whole = file && fwrite(data, 1, len, file) == len;

	if (file && fclose(file))
		whole = false;
	if (!whole)
		perror(path);
	return whole ? 0 : 1;
}

static int verb_order(struct client *c, int argc, char **argv)
{
	struct kb_order order = { .magic = { 'K', 'D', 'B', 'A', 'N', 'O', '0', '1' } };
	struct bytes sig;

	(void)c;
	if (argc < 4 || argc > 5 || !parse_isolation(argv[1], order.isolation))
		return usage();
	order.action = cpu_to_le32(!strcmp(argv[0], "isolate") ? KB_ORDER_ISOLATE : KB_ORDER_RELEASE);
	sig = forge_sign(argc > 4 ? argv[4] : "author", &order, sizeof(order));
	return write_file(argv[2], &order, sizeof(order)) ?: write_file(argv[3], sig.data, sig.len);
}

static int verb_release(struct client *c, int argc, char **argv)
{
	struct nl_msg *msg = client_request(c, KB_CMD_ISOLATE, 0);
	struct bytes order, sig;
	struct answer a;

	if (argc != 2)
		return usage();
	order = forge_file(argv[0]);
	sig = forge_file(argv[1]);
	client_put(msg, KB_A_ORDER, order.data, order.len);
	client_put(msg, KB_A_SIG_AUTHOR, sig.data, sig.len);
	a = client_ask(c, msg, NULL, NULL);
	return tell(&a);
}

static const struct verb {
	const char *name;
	int (*run)(struct client *c, int argc, char **argv);
} verbs[] = {
	{ "seal", verb_seal },	     { "load", verb_load },	{ "status", verb_status },
	{ "devices", verb_devices }, { "events", verb_events }, { "context", verb_context },
	{ "links", verb_links },     { "paths", verb_paths },	{ "isolate", verb_isolate },
	{ "order", verb_order },     { "release", verb_release },
	{ "swap", verb_swap },
};

int main(int argc, char **argv)
{
	struct client c;
	size_t i;
	int ret;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name))
			continue;
		if (client_open(&c)) {
			fputs("gatectl: the module is not there\n", stderr);
			return 4;
		}
		ret = verbs[i].run(&c, argc - 2, argv + 2);
		client_close(&c);
		return ret;
	}
	return usage();
}
