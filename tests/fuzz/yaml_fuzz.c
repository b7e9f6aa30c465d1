// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes the way of a policy text: bytes are read, and what is accepted must
 * compile to a blob that the kernel's reader takes, and show as a text that
 * means the same. What is refused must be refused with a place in the text.
 *
 * Input: the text. One that begins with '[' or '-' is a table of expectations.
 */
#include <kidoban/policy.h>

#include "policy/blob_write.h"
#include "policy/check.h"
#include "policy/diff.h"
#include "policy/expect.h"
#include "policy/show.h"
#include "policy/text.h"

#define NOW	1795000000

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* A broken promise must look like a crash, with or without assertions. */
static void must(bool held)
{
	if (!held)
		abort();
}

static void must_tell(const struct kb_diags *diags, int error, const char *text, size_t len)
{
	const struct kb_diag *diag;
	uint32_t lines = 2;	/* libyaml sees the end in a line of its own */
	size_t i;

	if (error == -ENOMEM)
		return;
	for (i = 0; i < len; i++)
		lines += text[i] == '\n' || text[i] == '\r';
	must(error == -EBADMSG && diags->first);
	for (diag = diags->first; diag; diag = diag->next)
		must(diag->line <= lines && diag->column <= len + 1 && *diag->text);
}

static void must_mean_the_same(const struct kb_diff_side *a, const struct kb_diff_side *b)
{
	struct kb_changes changes;

	if (kb_diff(a, b, &changes))
		abort();
	must(!changes.n);
	kb_changes_done(&changes);
}

/* The kernel's reader takes it and sees the same, and so does the agent's. */
static void through_blob(const struct kb_model *model)
{
	const struct kb_policy *policy = &model->policy;
	struct kb_agent_policy *agent;
	struct kb_blob_error error;
	struct kb_policy *parsed;
	size_t len;
	void *blob;
	int r = kb_blob_write(policy, &model->agent, &blob, &len);

	if (r == -EMSGSIZE)
		return;
	must(!r);
	r = kb_policy_parse(blob, len, &parsed, &error);
	must(!r);
	if (kb_agent_policy_read(parsed, &agent, &error))
		abort();
	must_mean_the_same(&(struct kb_diff_side){ policy, &model->agent },
			   &(struct kb_diff_side){ parsed, agent });
	kb_agent_policy_free(agent);
	kb_policy_free(parsed);
	free(blob);
}

static void through_show(const struct kb_model *model, bool effective)
{
	struct kb_diags diags = { 0 };
	struct kb_model *again;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	must(out);
	kb_show(&model->policy, &model->agent, "fuzz.yaml", effective, out);
	fclose(out);
	/* Comments can make it longer than a text may be. */
	if (len <= KB_TEXT_MAX) {
		if (kb_text_parse(text, len, &diags, &again))
			abort();
		must_mean_the_same(&(struct kb_diff_side){ &model->policy, &model->agent },
				   &(struct kb_diff_side){ &again->policy, &again->agent });
		kb_model_free(again);
	}
	kb_diags_done(&diags);
	free(text);
}

static void fuzz_policy(const char *text, size_t len)
{
	struct kb_diags diags = { 0 };
	struct kb_model *model;
	int r = kb_text_parse(text, len, &diags, &model);

	if (r) {
		must_tell(&diags, r, text, len);
	} else {
		must(!diags.first);
		kb_check(model, NOW, &diags);
		through_blob(model);
		through_show(model, false);
		through_show(model, true);
		kb_model_free(model);
	}
	kb_diags_done(&diags);
}

/* What tables are asked of: a little of everything. Lives as long as the program. */
static const struct kb_policy *table_policy(void)
{
	static const char text[] =
		"kidoban: 1\n"
		"policy: {municipality: \"131016\", group: g, serial: 1, expires: 2027-03-31}\n"
		"mode: {media: enforce, link: enforce, path: enforce}\n"
		"media: {default: allow}\n"
		"link: {rules: [{allow: {name: l, kind: ethernet, mac: \"02:00:00:00:00:00/8\"}}, {allow: {name: w, kind: wifi}}]}\n"
		"wifi: [{profile: A, ssid: S}]\n"
		"places: [{zone: z}]\n"
		"networks: {n: [10.0.0.0/8, \"2001:db8::/32\"]}\n"
		"paths: {protected: n, allow: [{name: p, to: n, service: rdp, from: {cgroup: c, user: 1}, link: [l, A], zone: z, hours: mon}, {name: q, to: 192.0.2.0/24, next_hop_mac: \"02:00:00:00:00:01\"}],\n"
		"  essential: {dhcp: allow, dns: 192.0.2.53, collector: {address: 192.0.2.9}}, peers: {allow: [{name: x}]}, inbound: {allow: [{name: i, service: ssh}]}, discovery: [mdns, netbios], tunnels: [{name: t, to: 192.0.2.7, service: esp}]}\n";
	static struct kb_model *model;
	struct kb_diags diags = { 0 };

	if (!model && kb_text_parse(text, sizeof(text) - 1, &diags, &model))
		abort();
	return &model->policy;
}

static void fuzz_table(const char *text, size_t len)
{
	struct kb_expectations table;
	struct kb_expect_result result;
	struct kb_diags diags = { 0 };
	char reason[300];
	uint32_t i;
	int r = kb_expectations_parse(text, len, &diags, &table);

	if (r) {
		must_tell(&diags, r, text, len);
	} else {
		for (i = 0; i < table.n; i++) {
			kb_expect_run(table_policy(), &table.list[i], &result);
			kb_expect_reason(&table.list[i], &result, "f", reason, sizeof(reason));
			must(*reason);
		}
		kb_expectations_done(&table);
	}
	kb_diags_done(&diags);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	/* A copy of exactly that size: texts end with no NUL. */
	char *text = malloc(size ?: 1);

	must(text);
	memcpy(text, data, size);
	if (size && (text[0] == '-' || text[0] == '['))
		fuzz_table(text, size);
	else
		fuzz_policy(text, size);
	free(text);
	return 0;
}
