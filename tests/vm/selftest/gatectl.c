// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gatectl: the scenarios' hand on the module, without agent and command. It
 * compiles and signs with the throw-away keys, so a policy is one line of shell.
 */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "gate.h"
#include "policy/blob_write.h"
#include "policy/text.h"

#define TEXT_MAX	(1024 * 1024)

static int usage(void)
{
	fputs("usage: gatectl seal [approver] [EPOCH SERIAL]\n"
	      "       gatectl load [--by NAME] [--edit] < POLICY.yaml\n"
	      "       gatectl status [FIELD]\n"
	      "       gatectl devices [NAME]  NAME ACTION REASON MODE DRIVER\n"
	      "       gatectl events [FIRST]  SEQ TYPE NAME ACTION REASON BY\n"
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

/* Compiles what stands on standard input. No checks: scenarios want odd policies, too. */
static int compile(void **ret_blob, size_t *ret_len)
{
	static char text[TEXT_MAX];
	size_t len = fread(text, 1, sizeof(text), stdin);
	struct kb_model *model;
	struct kb_diags diags = {};
	int err = kb_text_parse(text, len, &diags, &model);

	kb_diags_write(&diags, "policy", stderr);
	kb_diags_done(&diags);
	if (err)
		return err;
	err = kb_blob_write(&model->policy, ret_blob, ret_len);
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

static const char *const actions[] = { "refuse", "allow" };
static const char *const modes[] = { "off", "audit", "enforce" };
static const char *const reasons[] = { "none", "rule", "default", "hazard", "hub", "complex",
				       "driver" };
static const char *const types[] = { "?", "verdict", "override", "gone", "trust", "sealed", "policy",
				     "policy-refused" };
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
	printf("%s %s %s %s\n", NAME(actions, attrs[KB_A_ACTION]), NAME(reasons, attrs[KB_A_REASON]),
	       NAME(modes, attrs[KB_A_MODE_MEDIA]), string_of(attrs[KB_A_DRIVER]));
}

static void print_event(u8 cmd, struct nlattr **attrs, void *unused)
{
	(void)cmd;
	(void)unused;
	printf("%llu %s %s %s %s %s\n", (unsigned long long)nla_get_u64(attrs[KB_A_SEQ]),
	       NAME(types, attrs[KB_A_EVENT]), interface_name(attrs), NAME(actions, attrs[KB_A_ACTION]), NAME(reasons, attrs[KB_A_REASON]),
	       string_of(attrs[KB_A_DRIVER]));
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

static const struct verb {
	const char *name;
	int (*run)(struct client *c, int argc, char **argv);
} verbs[] = {
	{ "seal", verb_seal },	     { "load", verb_load },	{ "status", verb_status },
	{ "devices", verb_devices }, { "events", verb_events },
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
