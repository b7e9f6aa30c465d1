// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban policy sign: the author's signature makes a bundle, the approver's completes it. */
#include <time.h>

#include "agent/cli/common.h"
#include "agent/cli/facts.h"
#include "agent/cli/signer.h"
#include "agent/paths.h"
#include "agent/words.h"
#include "policy/attest.h"
#include "policy/file.h"
#include "policy/sign.h"
#include "policy/text.h"

struct sign_options {
	const char *file, *key, *cert, *out, *trust, *password_file;
	int role;			/* enum kb_ring, negative = as the certificate says */
};

static bool is_bundle(const struct kb_bytes *file)
{
	return file->len > 262 && !memcmp(file->data + 257, "ustar", 5);
}

static bool has_suffix(const char *text, const char *suffix)
{
	size_t a = strlen(text), b = strlen(suffix);

	return a > b && !strcmp(text + a - b, suffix);
}

/* Signs the bundle's blob and puts the signature into it. 0 or an exit code. */
static int add_signature(const struct sign_options *o, struct kb_bundle *bundle,
			 enum kb_bundle_member member, struct kb_signer *signer)
{
	const struct kb_bytes *blob = &bundle->members[KB_BUNDLE_BLOB];
	struct kb_bytes sig = {};
	int r = kb_signer_sign(signer, o->key, o->password_file, blob, &sig);

	if (r)
		return r;
	r = kb_bundle_set(bundle, member, sig.data, sig.len);
	kb_bytes_done(&sig);
	return r ? kb_complain(KB_EXIT_REFUSED, "%s", strerror(-r)) : 0;
}

static int print_facts(const struct kb_bundle *bundle)
{
	const struct kb_bytes *blob = &bundle->members[KB_BUNDLE_BLOB];
	struct kb_blob_error error = {};
	struct kb_policy *policy = NULL;
	int r = kb_policy_parse(blob->data, blob->len, &policy, &error);

	if (r)
		return kb_complain(KB_EXIT_PARSE, _("compiled policy: %s"), error.text);
	kb_facts_print(policy, stdout);
	kb_policy_free(policy);
	return 0;
}

/* Source text, out of a bundle or a text file, which is not @out. 0 or an exit code. */
static int read_source(const char *path, const char *out, struct kb_bytes *ret)
{
	KB_CLEANUP(kb_bundle_done) struct kb_bundle old = {};
	KB_CLEANUP(kb_bytes_done) struct kb_bytes file = {};
	struct kb_fault why = {};
	int r;

	r = kb_file_read(path, KB_BUNDLE_MAX, &file.data, &file.len);
	if (r)
		return kb_complain(kb_exit_code(r), _("cannot read %s: %s"), path, strerror(-r));
	if (!is_bundle(&file)) {
		if (kb_file_same(path, out))
			return kb_complain(KB_EXIT_USAGE,
					   _("%s is the text itself; name another file with --out"), out);
		*ret = file;
		file = (struct kb_bytes){};
		return 0;
	}
	r = kb_bundle_decode(file.data, file.len, &old, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s: %s", path, why.text);
	*ret = old.members[KB_BUNDLE_SOURCE];
	old.members[KB_BUNDLE_SOURCE] = (struct kb_bytes){};
	return 0;
}

/* Compiles the source text into a bundle without signatures. 0 or an exit code. */
static int compile(const struct sign_options *o, const char *out, struct kb_bundle *ret)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes source = {}, blob = {};
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	int r;

	r = read_source(o->file, out, &source);
	if (r)
		return r;
	r = kb_text_compile((const char *)source.data, source.len, (u64)time(NULL), &diags,
			    (void **)&blob.data, &blob.len);
	kb_diags_write(&diags, o->file, stderr);
	if (r)
		return r == -EBADMSG ? KB_EXIT_PARSE : KB_EXIT_REFUSED;
	r = kb_bundle_set(ret, KB_BUNDLE_BLOB, blob.data, blob.len);
	if (!r)
		r = kb_bundle_set(ret, KB_BUNDLE_SOURCE, source.data, source.len);
	return r ? kb_complain(KB_EXIT_REFUSED, "%s", strerror(-r)) : 0;
}

/* The author must be one of the trust directory: nobody approves a stranger. 0 or an exit code. */
static int check_author(const struct sign_options *o, const struct kb_bundle *bundle,
			const struct kb_signer *approver)
{
	const struct kb_bytes *blob = &bundle->members[KB_BUNDLE_BLOB];
	const struct kb_bytes *sig = &bundle->members[KB_BUNDLE_AUTHOR];
	const char *dir = o->trust ?: KB_CONFIG_DIR "/" KB_TRUST_DIR;
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	const struct kb_trust_cert *signer = NULL;
	char subject[4 * sizeof(signer->info.subject)];
	struct kb_fault why = {};
	int r;

	if (!kb_sign_verify_cert(blob->data, blob->len, sig->data, sig->len, approver->cert, NULL))
		return kb_complain(KB_EXIT_REFUSED,
				   _("the same key signed as author; two persons must sign"));
	if (!o->trust && access(dir, R_OK))
		return kb_complain(KB_EXIT_REFUSED,
				   _("nothing here tells who may be author; put the author's certificate into DIR/author/ and say --trust DIR"));
	r = kb_trust_read(dir, &trust, &why);
	if (!r)
		r = kb_sign_verify(blob->data, blob->len, sig->data, sig->len, &trust, KB_RING_AUTHOR,
				   &signer, &why);
	if (r)
		return kb_complain(KB_EXIT_REFUSED, _("the author's signature: %s"), why.text);
	kb_printable(signer->info.subject, subject, sizeof(subject));
	printf(_("author       %s\n"), subject);
	return 0;
}

/* What "check" says about the text goes to the approver as it went to the author. */
static int check_text(const struct sign_options *o, const struct kb_bytes *source)
{
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	KB_FREE void *blob = NULL;
	size_t len;
	int r;

	r = kb_text_compile((const char *)source->data, source->len, (u64)time(NULL), &diags, &blob,
			    &len);
	kb_diags_write(&diags, o->file, stderr);
	return r ? KB_EXIT_REFUSED : 0;
}

static int sign_as_author(const struct sign_options *o, const char *out, struct kb_signer *signer,
			  struct kb_bundle *bundle)
{
	int code = compile(o, out, bundle);

	if (!code)
		code = print_facts(bundle);
	return code ?: add_signature(o, bundle, KB_BUNDLE_AUTHOR, signer);
}

static int sign_as_approver(const struct sign_options *o, struct kb_signer *signer,
			    struct kb_bundle *bundle)
{
	struct kb_fault why = {};
	int code, r;

	r = kb_bundle_read(o->file, bundle, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	r = kb_attest_source(bundle, &why);
	if (r)
		return kb_complain(KB_EXIT_REFUSED, "%s: %s", o->file, why.text);
	code = check_text(o, &bundle->members[KB_BUNDLE_SOURCE]);
	if (!code)
		code = print_facts(bundle);
	if (!code)
		code = check_author(o, bundle, signer);
	return code ?: add_signature(o, bundle, KB_BUNDLE_APPROVER, signer);
}

/* FILE.yaml -> FILE.kdb; a bundle is completed in its place. */
static char *choose_out(const struct sign_options *o)
{
	size_t stem = strlen(o->file);
	char *out;

	if (o->out)
		return strdup(o->out);
	if (o->role == KB_RING_APPROVER || has_suffix(o->file, ".kdb"))
		return strdup(o->file);
	if (has_suffix(o->file, ".yaml"))
		stem -= 5;
	else if (has_suffix(o->file, ".yml"))
		stem -= 4;
	return asprintf(&out, "%.*s.kdb", (int)stem, o->file) < 0 ? NULL : out;
}

static int sign(struct sign_options *o)
{
	KB_CLEANUP(kb_bundle_done) struct kb_bundle bundle = {};
	KB_CLEANUP(kb_signer_done) struct kb_signer signer = {};
	KB_FREE char *out = NULL;
	struct kb_fault why = {};
	int code, r;

	code = kb_signer_open(&signer, o->cert, o->key, &o->role);
	if (code)
		return code;
	if (o->role == KB_RING_GRANT)
		return kb_complain(KB_EXIT_REFUSED,
				   _("keys for grants sign no policies; take an author's or an approver's"));
	if (o->role == KB_RING_APPROVER && (has_suffix(o->file, ".yaml") || has_suffix(o->file, ".yml")))
		return kb_complain(KB_EXIT_USAGE, _("an approver signs a bundle (.kdb) that its author signed"));
	out = choose_out(o);
	if (!out)
		return kb_complain(KB_EXIT_REFUSED, "%s", strerror(ENOMEM));
	code = o->role == KB_RING_AUTHOR ? sign_as_author(o, out, &signer, &bundle) :
					   sign_as_approver(o, &signer, &bundle);
	if (code)
		return code;
	r = kb_bundle_write(out, &bundle, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	printf(_("signed as %s: %s\n"), kb_role_name((enum kb_ring)o->role), out);
	return KB_EXIT_OK;
}

static bool take_option(int c, struct sign_options *o)
{
	switch (c) {
	case 'k':
		o->key = optarg;
		return true;
	case 'c':
		o->cert = optarg;
		return true;
	case 'r':
		o->role = kb_role_by_name(optarg);
		if (o->role == KB_RING_AUTHOR || o->role == KB_RING_APPROVER)
			return true;
		kb_complain(0, _("--role is author or approver, not '%s'"), optarg);
		return false;
	case 'o':
		o->out = optarg;
		return true;
	case 't':
		o->trust = optarg;
		return true;
	case 'p':
		o->password_file = optarg;
		return true;
	default:
		return false;
	}
}

int kb_policy_sign(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "cert", required_argument, NULL, 'c' },
		{ "role", required_argument, NULL, 'r' },
		{ "out", required_argument, NULL, 'o' },
		{ "trust", required_argument, NULL, 't' },
		{ "password-file", required_argument, NULL, 'p' },
		{}
	};
	struct sign_options o = { .role = -ENOENT };
	int c;

	while ((c = getopt_long(argc, argv, "o:", longs, NULL)) != -1)
		if (!take_option(c, &o))
			return kb_usage("policy", kb_policy_verbs, "sign");
	if (argc - optind != 1 || !o.key) {
		if (argc - optind == 1)
			kb_complain(0, _("%s is missing"), "--key");
		return kb_usage("policy", kb_policy_verbs, "sign");
	}
	o.file = argv[optind];
	return sign(&o);
}
