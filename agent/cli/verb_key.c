// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban key: makes and shows signing keys. */
#include <openssl/crypto.h>

#include "agent/cli/common.h"
#include "agent/json.h"
#include "agent/words.h"
#include "policy/key.h"

#define PASSWORD_MAX 256

static int key_new(int argc, char **argv);
static int key_show(int argc, char **argv);

const struct kb_verb kb_key_verbs[] = {
	{ "new", key_new,
	  "author|approver|grant [--name NAME] [--out DIR] [--bits 3072] [--days 3650] [--no-password | --password-file FILE]",
	  N_("make a key pair and its certificate"), NULL,
	  "--name --out --bits --days --no-password --password-file" },
	{ "show", key_show, "CERT|KEY [--password-file FILE] [--json]",
	  N_("show fingerprint, role, algorithm and dates"), NULL, "--password-file --json" },
	{}
};

int kb_verb_key(int argc, char **argv)
{
	return kb_verb_dispatch("key", kb_key_verbs, argc, argv);
}

struct new_options {
	struct kb_key_request request;
	bool no_password;
	const char *password_file;
};

static bool parse_number(const char *text, unsigned int *ret)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || end == text || *text == '-' || value > 1000000)
		return false;
	*ret = (unsigned int)value;
	return true;
}

static bool take_new_option(int c, struct new_options *o)
{
	switch (c) {
	case 'n':
		o->request.name = optarg;
		return true;
	case 'o':
		o->request.dir = optarg;
		return true;
	case 'b':
		return parse_number(optarg, &o->request.bits);
	case 'd':
		return parse_number(optarg, &o->request.days);
	case 'N':
		o->no_password = true;
		return true;
	case 'p':
		o->password_file = optarg;
		return true;
	default:
		return false;
	}
}

static int make(struct new_options *o)
{
	KB_CLEANUP(kb_key_files_done) struct kb_key_files files = {};
	char password[PASSWORD_MAX] = "";
	struct kb_fault why = {};
	int r;

	if (!o->no_password) {
		r = kb_ask_new_password(password, sizeof(password), o->password_file);
		if (r < 0 && o->password_file)
			return kb_complain(KB_EXIT_REFUSED, _("cannot read a password from %s: %s"),
					   o->password_file, strerror(-r));
		if (r == -EKEYREJECTED)
			return kb_complain(KB_EXIT_REFUSED,
					   _("the two passwords differ; no key was made"));
		if (r < 0)
			return kb_complain(KB_EXIT_REFUSED,
					   _("no password; give one, --password-file or --no-password"));
		o->request.password = password;
	}
	r = kb_key_new(&o->request, &files, &why);
	OPENSSL_cleanse(password, sizeof(password));
	if (r)
		return kb_complain(r == -EINVAL ? KB_EXIT_USAGE : KB_EXIT_REFUSED, "%s",
				   why.text[0] ? why.text : strerror(-r));
	printf(_("private key  %s  (keep it secret, keep a copy offline)\n"), files.key);
	printf(_("certificate  %s  (goes to /etc/kidoban/trust/%s/ on terminals)\n"), files.cert,
	       kb_role_name(o->request.role));
	return KB_EXIT_OK;
}

static int key_new(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "out", required_argument, NULL, 'o' },
		{ "bits", required_argument, NULL, 'b' },
		{ "days", required_argument, NULL, 'd' },
		{ "no-password", no_argument, NULL, 'N' },
		{ "password-file", required_argument, NULL, 'p' },
		{}
	};
	struct new_options o = { .request = { .bits = KB_KEY_BITS, .days = KB_KEY_DAYS } };
	int c, role;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (!take_new_option(c, &o))
			return kb_usage("key", kb_key_verbs, "new");
	role = optind + 1 == argc ? kb_role_by_name(argv[optind]) : -ENOENT;
	if (role < 0 || (o.no_password && o.password_file))
		return kb_usage("key", kb_key_verbs, "new");
	o.request.role = (enum kb_ring)role;
	return make(&o);
}

/* In groups of four, since two people read it to each other. */
static void print_fingerprint(const char *hex)
{
	printf(_("fingerprint "));
	for (; *hex; hex += strnlen(hex, 4))
		printf(" %.4s", hex);
	putchar('\n');
}

static void show_cert_text(const struct kb_cert_info *info)
{
	char from[64], until[64], subject[4 * sizeof(info->subject)];

	kb_printable(info->subject, subject, sizeof(subject));
	kb_date_text((uint64_t)info->not_before, from, sizeof(from));
	kb_date_text((uint64_t)info->not_after, until, sizeof(until));
	printf(_("role         %s\n"), info->role < 0 ? _("none named") :
	       kb_role_name((enum kb_ring)info->role));
	printf(_("subject      %s\n"), subject);
	printf(_("algorithm    %s\n"), info->algorithm);
	print_fingerprint(info->fingerprint);
	printf(_("key          %s\n"), info->key_id);
	printf(_("valid        %s - %s\n"), from, until);
	printf(_("kernel       %s\n"), info->stock_kernel ?
	       _("stock Debian kernels from 6.1 on verify with it") :
	       _("stock Debian 6.1 kernels cannot verify with it; use RSA"));
	if (!info->can_sign)
		printf(_("warning      its key usage does not include signing\n"));
}

static void show_cert_json(const struct kb_cert_info *info)
{
	struct kb_json out = { .out = stdout };
	char from[64], until[64];

	kb_date_json((uint64_t)info->not_before, from, sizeof(from));
	kb_date_json((uint64_t)info->not_after, until, sizeof(until));
	kb_json_open(&out, NULL, '{');
	kb_json_text(&out, "type", "certificate");
	kb_json_text(&out, "role", info->role < 0 ? NULL : kb_role_name((enum kb_ring)info->role));
	kb_json_text(&out, "subject", info->subject);
	kb_json_text(&out, "algorithm", info->algorithm);
	kb_json_text(&out, "fingerprint", info->fingerprint);
	kb_json_text(&out, "key", info->key_id);
	kb_json_text(&out, "not_before", from);
	kb_json_text(&out, "not_after", until);
	kb_json_bool(&out, "stock_kernel", info->stock_kernel);
	kb_json_bool(&out, "can_sign", info->can_sign);
	kb_json_close(&out, '}');
}

static int show_private(const char *where, const char *password_file, bool json)
{
	KB_CLEANUP(EVP_PKEY_free_p) EVP_PKEY *key = NULL;
	struct kb_json out = { .out = stdout };
	struct kb_fault why = {};
	char id[65], algorithm[64];
	int r;

	r = kb_key_open(where, kb_ask_password, (void *)password_file, &key, &why);
	if (r)
		return kb_complain(KB_EXIT_PARSE, "%s", why.text);
	if (kb_public_id(key, id))
		return kb_complain(KB_EXIT_REFUSED, _("cannot read the public part of %s"), where);
	kb_key_algorithm(key, algorithm, sizeof(algorithm));
	if (!json) {
		printf(_("private key\nalgorithm    %s\nkey          %s\n"), algorithm, id);
		return KB_EXIT_OK;
	}
	kb_json_open(&out, NULL, '{');
	kb_json_text(&out, "type", "private key");
	kb_json_text(&out, "algorithm", algorithm);
	kb_json_text(&out, "key", id);
	kb_json_close(&out, '}');
	return KB_EXIT_OK;
}

static int show(const char *where, const char *password_file, bool json)
{
	KB_CLEANUP(X509_free_p) X509 *cert = NULL;
	struct kb_cert_info info;
	struct kb_fault why = {};
	int r;

	if (!strncmp(where, "pkcs11:", 7))
		return show_private(where, password_file, json);
	r = kb_cert_read(where, &cert, &why);
	if (r == -EBADMSG)
		return show_private(where, password_file, json);
	if (!r)
		r = kb_cert_describe(cert, &info, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	if (json)
		show_cert_json(&info);
	else
		show_cert_text(&info);
	return KB_EXIT_OK;
}

static int key_show(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "password-file", required_argument, NULL, 'p' },
		{ "json", no_argument, NULL, 'j' },
		{}
	};
	const char *password_file = NULL;
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'p')
			password_file = optarg;
		else if (c == 'j')
			json = true;
		else
			return kb_usage("key", kb_key_verbs, "show");
	}
	if (argc - optind != 1)
		return kb_usage("key", kb_key_verbs, "show");
	return show(argv[optind], password_file, json);
}
