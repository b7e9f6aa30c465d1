// SPDX-License-Identifier: GPL-2.0-or-later
/* Is a bundle what it says? */
#include "policy/attest.h"

#include <kidoban/agent.h>

#include "policy/blob_write.h"
#include "policy/i18n.h"
#include "policy/render.h"
#include "policy/sign.h"
#include "policy/text.h"

KB_DEFINE_CLEANUP(struct kb_model *, kb_model_free)

int kb_attest_source(const struct kb_bundle *bundle, struct kb_fault *ret_fault)
{
	const struct kb_bytes *source = &bundle->members[KB_BUNDLE_SOURCE];
	const struct kb_bytes *blob = &bundle->members[KB_BUNDLE_BLOB];
	KB_CLEANUP(kb_model_free_p) struct kb_model *model = NULL;
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	KB_FREE void *again = NULL;
	size_t len = 0;
	int r;

	r = kb_text_parse((const char *)source->data, source->len, &diags, &model);
	if (r == -EBADMSG && diags.first)
		return kb_fault(ret_fault, r, _("the source text is no policy: line %u: %s"),
				diags.first->line, diags.first->text);
	if (!r)
		r = kb_blob_write(&model->policy, &model->agent, &again, &len);
	if (r)
		return kb_fault(ret_fault, r, _("the source text cannot be compiled: %s"), strerror(-r));
	if (len != blob->len || memcmp(again, blob->data, len))
		return kb_fault(ret_fault, -EKEYREJECTED,
				_("the source text does not compile to the signed bytes"));
	return 0;
}

__attribute__((format(printf, 4, 5)))
static struct kb_attest_item *add(struct kb_attest *a, const char *name, bool good,
				  const char *fmt, ...)
{
	struct kb_attest_item *item = &a->items[a->n_items++];
	va_list ap;

	item->name = name;
	item->good = good;
	va_start(ap, fmt);
	vsnprintf(item->text, sizeof(item->text), fmt, ap);
	va_end(ap);
	return item;
}

static int look_at_blob(const struct kb_bytes *blob, struct kb_attest *a)
{
	struct kb_agent_policy *agent = NULL;
	struct kb_blob_error error = {};
	int r = kb_policy_parse(blob->data, blob->len, &a->policy, &error);

	/* the module would take it, but the agent would prove nothing */
	if (!r)
		r = kb_agent_policy_read(a->policy, &agent, &error);
	kb_agent_policy_free(agent);
	if (r == -ENOMEM)
		return r;
	if (r)
		add(a, "blob", false, _("the compiled policy is malformed: %s"), error.text);
	else
		add(a, "blob", true, _("the compiled policy is well-formed"));
	return 0;
}

static void look_at_signature(const struct kb_bundle *bundle, enum kb_bundle_member member,
			      const struct kb_trust *trust, enum kb_ring ring, struct kb_attest *a)
{
	const struct kb_bytes *blob = &bundle->members[KB_BUNDLE_BLOB];
	const struct kb_bytes *sig = &bundle->members[member];
	const struct kb_trust_cert *signer = NULL;
	const char *role = kb_role_name(ring);
	struct kb_fault why = {};

	if (!sig->data && !kb_trust_count(trust, ring)) {
		add(a, role, true, _("no approver is needed: trust/approver is empty"));
		return;
	}
	if (!sig->data) {
		add(a, role, false, _("the approver's signature is missing"));
		return;
	}
	if (!kb_trust_count(trust, ring)) {
		add(a, role, ring == KB_RING_APPROVER,
		    _("the signature is not looked at: trust/%s is empty"), role)->warning = true;
		return;
	}
	if (kb_sign_verify(blob->data, blob->len, sig->data, sig->len, trust, ring, &signer, &why))
		add(a, role, false, "%s", why.text);
	else
		add(a, role, true, _("signed by %s"), signer->info.subject);
}

static void look_at_dates(const struct kb_policy_header *header, u64 now, struct kb_attest *a)
{
	char date[KB_DATE_SIZE];

	if (now >= header->expires) {
		kb_render_date(header->expires, true, date);
		add(a, "dates", false, _("expired on %s"), date);
	} else if (now < header->not_before) {
		kb_render_date(header->not_before, false, date);
		add(a, "dates", false, _("not valid before %s"), date);
	} else {
		kb_render_date(header->expires, true, date);
		add(a, "dates", true, _("valid until %s"), date);
	}
}

int kb_attest(const struct kb_bundle *bundle, const struct kb_trust *trust, u64 now,
	      struct kb_attest *ret)
{
	struct kb_attest a = { .good = true };
	struct kb_fault why = {};
	unsigned int i;
	int r;

	r = look_at_blob(&bundle->members[KB_BUNDLE_BLOB], &a);
	if (r)
		return r;
	r = kb_attest_source(bundle, &why);
	if (r == -ENOMEM) {
		kb_attest_done(&a);
		return r;
	}
	add(&a, "source", !r, "%s", r ? why.text : _("the source text compiles to the signed bytes"));
	look_at_signature(bundle, KB_BUNDLE_AUTHOR, trust, KB_RING_AUTHOR, &a);
	look_at_signature(bundle, KB_BUNDLE_APPROVER, trust, KB_RING_APPROVER, &a);
	if (a.policy)
		look_at_dates(&a.policy->header, now, &a);
	for (i = 0; i < a.n_items; i++)
		a.good &= a.items[i].good;
	*ret = a;
	return 0;
}

void kb_attest_done(struct kb_attest *attest)
{
	kb_policy_free(attest->policy);
	*attest = (struct kb_attest){};
}
