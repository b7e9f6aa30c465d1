// SPDX-License-Identifier: GPL-2.0-or-later
/* Carry-out grants: a signed paper that says who may take a terminal out, when and why (P2). */
#include "policy/carry.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/read.h"
#include "policy/render.h"

#define PEM_NAME	"CMS"
#define PEM_BEGIN	"-----BEGIN CMS-----\n"

KB_DEFINE_CLEANUP(BIO *, BIO_free_all)

struct grant_text {
	uint32_t form;
	const char *id, *municipality, *terminal, *reason, *ticket, *approver;
	uint64_t from, until;
};

#define STRING_KEY(member, kind, length, sentence, sample)					\
	{ .name = #member, .type = kind, .flags = KB_KEY_NEEDED, .min = 1, .max = (length),	\
	  .offset = offsetof(struct grant_text, member), .text = sentence, .example = sample }

static const struct kb_key grant_keys[] = {
	STRING_KEY(id, KB_TYPE_NAME, KB_GRANT_ID_LEN, N_("The grant's number."), "\"…\""),
	STRING_KEY(municipality, KB_TYPE_NAME, KB_MUNICIPALITY_MAX, N_("The municipality's code."),
		   "\"131016\""),
	STRING_KEY(terminal, KB_TYPE_STRING, KB_NAME_MAX, N_("The terminal's name."), "pc-0123"),
	{ .name = "from",
	  .type = KB_TYPE_DATE_FROM,
	  .flags = KB_KEY_NEEDED,
	  .offset = offsetof(struct grant_text, from),
	  .text = N_("When it begins to hold."),
	  .example = "2026-11-20" },
	{ .name = "until",
	  .type = KB_TYPE_DATE_UNTIL,
	  .flags = KB_KEY_NEEDED,
	  .offset = offsetof(struct grant_text, until),
	  .text = N_("By when the terminal must be back."),
	  .example = "2026-11-20" },
	STRING_KEY(reason, KB_TYPE_STRING, KB_TELL_MAX, N_("What for."), "避難所の受付"),
	STRING_KEY(ticket, KB_TYPE_STRING, KB_LABEL_MAX, N_("Number of the application."),
		   "R8-0042"),
	STRING_KEY(approver, KB_TYPE_STRING, KB_LABEL_MAX, N_("Who approved it."), "情報政策課長"),
	{}
};

static const struct kb_key root_keys[] = {
	{ .name = "kidoban-grant", .type = KB_TYPE_UINT, .flags = KB_KEY_NEEDED, .min = 1, .max = 1,
	  .offset = offsetof(struct grant_text, form), .text = N_("The form of this file."),
	  .example = "1" },
	{ .name = "grant", .type = KB_TYPE_MAP, .flags = KB_KEY_NEEDED, .keys = grant_keys,
	  .text = N_("What is granted."), .example = "{…}" },
	{}
};

bool kb_grant_id_ok(const char *id)
{
	return strspn(id, "0123456789abcdef") == KB_GRANT_ID_LEN && !id[KB_GRANT_ID_LEN];
}

void kb_grant_done(struct kb_signed_grant *grant)
{
	kb_bytes_done(&grant->text);
	kb_bytes_done(&grant->sig);
}

static int take(const struct grant_text *text, struct kb_grant *ret, struct kb_fault *ret_fault)
{
	if (!kb_grant_id_ok(text->id))
		return kb_fault(ret_fault, -EBADMSG,
				_("a grant's number has 32 hexadecimal digits"));
	if (text->from >= text->until)
		return kb_fault(ret_fault, -EBADMSG, _("the grant ends before it begins"));
	if (text->until - text->from > KB_GRANT_LENGTH_MAX)
		return kb_fault(ret_fault, -EBADMSG, _("a grant holds for a year at most"));
	*ret = (struct kb_grant){ .from = text->from, .until = text->until };
	snprintf(ret->id, sizeof(ret->id), "%s", text->id);
	snprintf(ret->municipality, sizeof(ret->municipality), "%s", text->municipality);
	snprintf(ret->terminal, sizeof(ret->terminal), "%s", text->terminal);
	snprintf(ret->reason, sizeof(ret->reason), "%s", text->reason);
	snprintf(ret->ticket, sizeof(ret->ticket), "%s", text->ticket);
	snprintf(ret->approver, sizeof(ret->approver), "%s", text->approver);
	return 0;
}

static int parse(const void *data, size_t len, struct kb_grant *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	KB_CLEANUP(kb_arena_done) struct kb_arena arena = {};
	struct kb_reader reader = { .arena = &arena, .diags = &diags };
	struct grant_text text = {};
	struct kb_node *root;
	int r = kb_document_parse(data, len, &arena, &diags, &root);

	if (!r)
		r = kb_read_map(&reader, root_keys, root, &text);
	if (r && diags.first)
		return kb_fault(ret_fault, r, "%u:%u: %s", diags.first->line, diags.first->column,
				diags.first->text);
	return r ? kb_fault(ret_fault, r, "%s", strerror(-r)) : take(&text, ret, ret_fault);
}

static void print_text(const struct kb_grant *grant, FILE *out)
{
	const struct {
		const char *key, *text;
	} rows[] = {
		{ "id", grant->id },	     { "municipality", grant->municipality },
		{ "terminal", grant->terminal }, { "reason", grant->reason },
		{ "ticket", grant->ticket }, { "approver", grant->approver },
	};
	char date[KB_DATE_SIZE];
	size_t i;

	fputs("kidoban-grant: 1\ngrant:\n", out);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fprintf(out, "  %s: ", rows[i].key);
		kb_render_text(rows[i].text, out);
		fputc('\n', out);
	}
	kb_render_date(grant->from, false, date);
	fprintf(out, "  from: %s\n", date);
	kb_render_date(grant->until, true, date);
	fprintf(out, "  until: %s\n", date);
}

int kb_grant_text(const struct kb_grant *grant, struct kb_bytes *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes text = {};
	struct kb_grant again;
	FILE *out = open_memstream((char **)&text.data, &text.len);
	int r;

	if (!out)
		return -ENOMEM;
	print_text(grant, out);
	if (fclose(out))
		return -ENOMEM;
	/* what a reader would refuse or read as something else is not signed */
	r = parse(text.data, text.len, &again, ret_fault);
	if (r)
		return r == -EBADMSG ? -EINVAL : r;
	if (again.from != grant->from || again.until != grant->until ||
	    strcmp(again.terminal, grant->terminal) || strcmp(again.reason, grant->reason))
		return kb_fault(ret_fault, -EINVAL, _("the grant's text cannot be written"));
	*ret = text;
	text = (struct kb_bytes){};
	return 0;
}

int kb_grant_encode(const struct kb_bytes *text, const struct kb_bytes *sig, struct kb_bytes *ret,
		    struct kb_fault *ret_fault)
{
	KB_CLEANUP(BIO_free_all_p) BIO *out = BIO_new(BIO_s_mem());
	struct kb_bytes file = {};
	char *data;
	long len;

	if (!sig->len || sig->len > KB_SIGNATURE_MAX || text->len > KB_GRANT_TEXT_MAX)
		return kb_fault(ret_fault, -EINVAL,
				_("the grant's signature is missing or too long"));
	if (!out || BIO_write(out, text->data, (int)text->len) != (int)text->len ||
	    PEM_write_bio(out, PEM_NAME, "", sig->data, (long)sig->len) <= 0)
		return kb_fault_openssl(ret_fault, -ENOMEM, _("cannot write the grant"));
	len = BIO_get_mem_data(out, &data);
	file = (struct kb_bytes){ malloc((size_t)len + 1), (size_t)len };
	if (!file.data)
		return -ENOMEM;
	memcpy(file.data, data, (size_t)len);
	file.data[len] = '\0';
	*ret = file;
	return 0;
}

static int copy(const void *data, size_t len, struct kb_bytes *ret)
{
	struct kb_bytes bytes = { malloc(len + 1), len };

	if (!bytes.data)
		return -ENOMEM;
	memcpy(bytes.data, data, len);
	bytes.data[len] = '\0';
	*ret = bytes;
	return 0;
}

/* One PEM block, and nothing behind it. */
static int read_signature(const char *pem, size_t len, struct kb_bytes *ret,
			  struct kb_fault *ret_fault)
{
	KB_CLEANUP(BIO_free_all_p) BIO *in = BIO_new_mem_buf(pem, (int)len);
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long der_len = 0;
	int r = -EBADMSG;

	if (!in)
		return -ENOMEM;
	if (PEM_read_bio(in, &name, &header, &der, &der_len) == 1 && !strcmp(name, PEM_NAME) &&
	    !*header && der_len > 0 && der_len <= KB_SIGNATURE_MAX && !BIO_pending(in))
		r = copy(der, (size_t)der_len, ret);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	return r ? kb_fault_openssl(ret_fault, r, _("the grant's signature cannot be read")) : 0;
}

int kb_grant_decode(const void *data, size_t len, struct kb_signed_grant *ret,
		    struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_grant_done) struct kb_signed_grant grant = {};
	const char *pem;
	size_t text_len;
	int r;

	if (len > KB_GRANT_FILE_MAX || memchr(data, '\0', len))
		return kb_fault(ret_fault, -EBADMSG,
				_("not a grant; 'kidoban grant make' makes one"));
	pem = memmem(data, len, PEM_BEGIN, strlen(PEM_BEGIN));
	if (!pem)
		return kb_fault(ret_fault, -ENOKEY, _("nobody signed this grant"));
	text_len = (size_t)(pem - (const char *)data);
	if (text_len > KB_GRANT_TEXT_MAX)
		return kb_fault(ret_fault, -EBADMSG,
				_("not a grant; 'kidoban grant make' makes one"));
	r = parse(data, text_len, &grant.grant, ret_fault);
	if (!r)
		r = read_signature(pem, len - text_len, &grant.sig, ret_fault);
	if (!r)
		r = copy(data, text_len, &grant.text);
	if (r)
		return r;
	*ret = grant;
	grant = (struct kb_signed_grant){};
	return 0;
}

int kb_grant_read(const char *path, struct kb_signed_grant *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes file = {};
	struct kb_fault why = {};
	int r = kb_file_read(path, KB_GRANT_FILE_MAX, &file.data, &file.len);

	if (r)
		return kb_fault(ret_fault, r == -EFBIG ? -EBADMSG : r, _("cannot read %s: %s"),
				path, strerror(-r));
	r = kb_grant_decode(file.data, file.len, ret, &why);
	return r ? kb_fault(ret_fault, r, "%s: %s", path, why.text) : 0;
}

int kb_grant_verify(const struct kb_signed_grant *grant, const struct kb_trust *trust,
		    const struct kb_trust_cert **ret_signer, struct kb_fault *ret_fault)
{
	int r = kb_sign_verify(grant->text.data, grant->text.len, grant->sig.data, grant->sig.len,
			       trust, KB_RING_GRANT, ret_signer, ret_fault);

	return r == -EKEYREJECTED
		       ? kb_fault(ret_fault, r, _("the signature does not match the grant"))
		       : r;
}

int kb_grant_judge(const struct kb_grant *grant, const char *municipality, const char *terminal,
		   u64 now, struct kb_fault *ret_fault)
{
	char date[KB_DATE_SIZE];

	if (strcmp(grant->municipality, municipality))
		return kb_fault(ret_fault, -EXDEV, _("the grant is of municipality %s, not of %s"),
				grant->municipality, municipality);
	if (strcmp(grant->terminal, terminal))
		return kb_fault(ret_fault, -EXDEV, _("the grant is for terminal %s, this is %s"),
				grant->terminal, terminal);
	if (now < grant->from) {
		kb_render_date(grant->from, false, date);
		return kb_fault(ret_fault, -ETIME, _("the grant holds from %s on only"), date);
	}
	if (now >= grant->until) {
		kb_render_date(grant->until, true, date);
		return kb_fault(ret_fault, -EKEYEXPIRED, _("the grant held until %s"), date);
	}
	return 0;
}
