// SPDX-License-Identifier: GPL-2.0-or-later
/* Every way in which a policy text can be wrong: line, column, code, sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/scalar.h"
#include "policy/text.h"

/* A policy with a placeholder per place; line 2 is "policy:", line 4 "media:". */
#define HEAD		"kidoban: 1\n"
#define POLICY		"policy: {municipality: \"131016\", group: g, serial: 1, expires: 2027-03-31}\n"
#define MODE		"mode: {media: enforce}\n"
#define MEDIA		"media: {rules: [{allow: {class: keyboard}}]}\n"
#define IN_POLICY(x)	HEAD "policy: {municipality: \"131016\", group: g, " x "}\n" MODE MEDIA
#define IN_RULE(x)	HEAD POLICY MODE "media:\n  rules:\n    - " x "\n"
#define IN_ALLOW(x)	IN_RULE("allow: {" x "}")

struct refusal {
	const char *text;
	uint32_t line, column;
	const char *code;
	const char *words;		/* part of the sentence */
};

static const struct refusal refusals[] = {
	/* YAML itself */
	{ "", 1, 1, "empty", "empty" },
	{ "# nothing\n", 1, 1, "empty", "empty" },
	{ "kidoban: 1\npolicy: {a: b\n", 3, 1, "syntax", "did not find expected ',' or '}'" },
	{ "kidoban: 1\n\tpolicy: 1\n", 2, 1, "syntax", "tab character" },
	{ "kidoban: \"1\n", 2, 1, "syntax", "unexpected end of stream" },
	/* slips of the pen that break YAML are named */
	{ HEAD "policy:\n  \tgroup: g\n", 3, 3, "syntax", "tab character" },
	{ HEAD "policy: {a: b,\n  c: [d}\n", 3, 8, "syntax", "the bracket opens in line 3" },
	{ HEAD "policy: {a: b\uff0cc: d}\n", 2, 14, "syntax", "type ','" },
	{ HEAD "policy\uff1a 1\n", 2, 7, "syntax", "type ':'" },
	{ HEAD "policy:1\n", 2, 7, "syntax", "a space is missing after ':'" },
	{ HEAD "media:\n  - allow:{a: [b]}\n", 3, 10, "syntax", "a space is missing after ':'" },
	{ HEAD "media:\n  -allow: {}\n  - refuse: {}\n", 3, 3, "syntax", "a space is missing after '-'" },
	{ HEAD "policy: {a: \"\uff0c:{\" b}\n", 2, 19, "syntax", "did not find expected" },
	{ HEAD "media:\n  a: 1\n   b: 2\n", 4, 5, "syntax", "mapping values" },
	{ HEAD "media:\n    a: 1\n  b: 2\n", 4, 3, "syntax", "the block that begins in line 1" },
	{ HEAD "media: {a: 1}, b: 2\n", 2, 14, "syntax", "a comma stands only between brackets" },
	{ HEAD "policy\nmode: {}\n", 2, 1, "syntax", "a key, a colon, a space and a value" },
	{ HEAD "policy: @a\n", 2, 9, "syntax", "cannot begin with '@'" },
	{ HEAD "\u3000policy: 1\n", 2, 1, "unknown-key", "full-width space" },
	{ HEAD "policy:\n  a: {group:x: 1}\n", 3, 3, "unknown-key", "unknown key 'a'" },
	{ HEAD POLICY "mode: {media:audit}\n" MEDIA, 3, 8, "unknown-key", "a space is missing after the colon" },
	{ "a: b: c\n", 1, 5, "syntax", "mapping values are not allowed" },
	{ HEAD "policy: &p {}\n", 2, 9, "anchor", "anchors" },
	{ HEAD "policy: *p\n", 2, 9, "alias", "aliases" },
	{ HEAD "policy: {group: *:*}\n", 2, 17, "alias", "in quotes if it begins with a star" },
	{ HEAD "policy: !!map {}\n", 2, 9, "tag", "tags" },
	{ HEAD "policy: !x y\n", 2, 9, "tag", "tags" },
	{ HEAD "policy: {<<: {group: g}}\n", 2, 10, "merge-key", "merge keys" },
	{ HEAD "kidoban: 1\n", 2, 1, "duplicate-key", "the first is in line 1" },
	{ HEAD "policy:\n  group: a\n  group: b\n", 4, 3, "duplicate-key", "line 3" },
	{ HEAD "---\nkidoban: 1\n", 2, 1, "documents", "second document" },
	{ "%YAML 1.1\n---\nkidoban: 1\n", 1, 1, "directive", "directives" },
	{ "[a, b]\n", 1, 1, "type", "a mapping must stand here" },
	{ "word\n", 1, 1, "type", "a mapping must stand here" },
	{ "? [a]\n: b\n", 1, 3, "key-type", "must be a word" },
	{ "a: [[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]\n", 1, 19, "too-deep", "16 levels" },
	{ HEAD "policy: {group: \"a\\nb\"}\n", 2, 17, "control-character", "control characters" },
	{ HEAD "policy: {group: \"a\\0b\"}\n", 2, 17, "control-character", "control characters" },
	{ HEAD "policy: {group: \"\\x7f\"}\n", 2, 17, "control-character", "control characters" },
	{ HEAD "# \xff\n", 2, 3, "utf8", "not UTF-8" },
	{ HEAD "#\xc0\xaf\n", 2, 2, "utf8", "not UTF-8" },
	{ HEAD "#\xed\xa0\x80\n", 2, 2, "utf8", "not UTF-8" },
	{ HEAD "# \xe6\x9c\xa8\xe6\x88\xb8\xe7\x95\xaa\xf4\x90\x80\x80\n", 2, 6, "utf8", "not UTF-8" },
	{ HEAD "#\xe3\x81", 2, 2, "utf8", "not UTF-8" },
	{ HEAD "# \xe2\x80\xae\n", 2, 3, "invisible", "U+202E" },
	{ HEAD "#\xe6\x9c\xa8\xe2\x80\xa8\n", 2, 3, "invisible", "U+2028" },
	{ HEAD "#\xc2\x85\n", 2, 2, "invisible", "U+0085" },
	{ HEAD "\xef\xbb\xbf" "x: 1\n", 2, 1, "invisible", "U+FEFF" },
	{ HEAD "policy: {group: \"\\u202e\"}\n", 2, 17, "control-character", "control characters" },
	{ HEAD "policy: {group: \"\\U0001fffe\"}\n", 2, 17, "control-character", "control characters" },
	/* keys */
	{ HEAD POLICY MODE, 1, 1, "missing-key", "'media' is missing" },
	{ HEAD MODE MEDIA, 1, 1, "missing-key", "'policy' is missing" },
	{ POLICY MODE MEDIA, 1, 1, "missing-key", "write for example kidoban: 1" },
	{ HEAD POLICY MODE MEDIA "medai: {}\n", 5, 1, "unknown-key", "did you mean 'media'?" },
	{ HEAD POLICY MODE MEDIA "x9: {}\n", 5, 1, "unknown-key", "known here: kidoban, policy, mode, media" },
	{ HEAD POLICY MODE MEDIA "peers: {}\n", 5, 1, "unknown-key", "unknown key 'peers'" },
	{ HEAD POLICY MODE MEDIA "report: {}\n", 5, 1, "reserved", "not yet supported" },
	{ HEAD POLICY MODE MEDIA "grants: {}\n", 5, 1, "reserved", "not yet supported" },
	{ HEAD POLICY MODE MEDIA "include: x\n", 5, 1, "reserved", "not yet supported" },
	{ HEAD POLICY "mode: {media: audit, wifi: on}\n" MEDIA, 3, 28, "unknown-value", "'on' is not known for 'wifi'" },
	{ HEAD POLICY "mode: {media: audit, place: [off]}\n" MEDIA, 3, 29, "type", "'place' must be a word" },
	{ HEAD POLICY "mode: {}\n" MEDIA, 3, 7, "missing-key", "'media' is missing" },
	/* header */
	{ "kidoban: 2\n" POLICY MODE MEDIA, 1, 10, "range", "'kidoban' must be 1, this is 2" },
	{ "kidoban: one\n" POLICY MODE MEDIA, 1, 10, "bad-value", "not a valid whole number" },
	{ HEAD "policy: [a]\n" MODE MEDIA, 2, 9, "type", "'policy' must be a mapping" },
	{ HEAD "policy:\n" MODE MEDIA, 2, 8, "no-value", "'policy' has no value" },
	{ IN_POLICY("serial: 1, seral: 2, expires: 2027-03-31"), 2, 55, "unknown-key", "'serial'" },
	{ IN_POLICY("serial: 0, expires: 2027-03-31"), 2, 52, "range", "from 1 to 4294967295" },
	{ IN_POLICY("serial: 4294967296, expires: 2027-03-31"), 2, 52, "range", "4294967295" },
	{ IN_POLICY("serial: 99999999999999999999, expires: 2027-03-31"), 2, 52, "bad-value", "whole" },
	{ IN_POLICY("serial: -1, expires: 2027-03-31"), 2, 52, "bad-value", "whole number" },
	{ IN_POLICY("serial: 012, expires: 2027-03-31"), 2, 52, "bad-value", "whole number" },
	{ IN_POLICY("serial: 0x1, expires: 2027-03-31"), 2, 52, "bad-value", "whole number" },
	{ IN_POLICY("serial: 1.0, expires: 2027-03-31"), 2, 52, "bad-value", "whole number" },
	{ IN_POLICY("serial: , expires: 2027-03-31"), 2, 52, "no-value", "has no value" },
	{ IN_POLICY("serial: [1], expires: 2027-03-31"), 2, 52, "type", "must be a whole number" },
	{ IN_POLICY("serial: 1, expires: 2027-02-29"), 2, 64, "bad-value", "not a valid date" },
	{ IN_POLICY("serial: 1, expires: 2027-13-01"), 2, 64, "bad-value", "not a valid date" },
	{ IN_POLICY("serial: 1, expires: tomorrow"), 2, 64, "bad-value", "like 2027-03-31" },
	{ IN_POLICY("serial: 1, expires: 2027-03-31T25:00"), 2, 64, "bad-value", "date" },
	{ IN_POLICY("serial: 1, expires: 2027-03-31, not_before: 2027-04-02"), 2, 88, "dates", "before it becomes valid" },
	{ IN_POLICY("serial: 1, expires: 2027-03-31, lock: yes"), 2, 82, "unknown-value", "did you mean 'true'?" },
	{ IN_POLICY("serial: 1, expires: 2027-03-31, lock: treu"), 2, 82, "unknown-value", "did you mean 'true'?" },
	{ IN_POLICY("serial: 1, expires: 2027-03-31, lock: perhaps"), 2, 82, "unknown-value", "known: true, false" },
	{ IN_POLICY("serial: 1, expires: 2027-03-31, epoch: 0"), 2, 83, "range", "from 1" },
	{ HEAD "policy: {municipality: \"13 1016\", group: g, serial: 1, expires: 2027-03-31}\n" MODE MEDIA, 2, 24, "bad-value", "not a valid name" },
	{ HEAD "policy: {municipality: \"1234567890123456\", group: g, serial: 1, expires: 2027-03-31}\n" MODE MEDIA, 2, 24, "length", "1 to 15 bytes, this has 16" },
	{ HEAD "policy: {municipality: \"\", group: g, serial: 1, expires: 2027-03-31}\n" MODE MEDIA, 2, 24, "length", "this has 0" },
	/* mode, media */
	{ HEAD POLICY "mode: {media: enforced}\n" MEDIA, 3, 15, "unknown-value", "did you mean 'enforce'?" },
	{ HEAD POLICY "mode: {media: on}\n" MEDIA, 3, 15, "unknown-value", "'on' is not known" },
	{ HEAD POLICY MODE "media: {rules: {}}\n", 4, 16, "type", "'rules' must be a list of mappings" },
	{ HEAD POLICY MODE "media: {rules: [a]}\n", 4, 17, "type", "a mapping must stand here" },
	{ HEAD POLICY MODE "media: {default: deny}\n", 4, 18, "unknown-value", "known: refuse, allow" },
	{ HEAD POLICY MODE "media: {default: refused}\n", 4, 18, "unknown-value", "'refuse'?" },
	{ HEAD POLICY MODE "media: {tell: \"\"}\n", 4, 15, "length", "'tell'" },
	/* rules */
	{ IN_RULE("{}"), 6, 7, "one-of", "exactly one of these must stand here: allow, refuse" },
	{ IN_RULE("{allow: {}, refuse: {}}"), 6, 7, "one-of", "allow, refuse" },
	{ IN_RULE("{tell: x}"), 6, 7, "one-of", "allow, refuse" },
	{ IN_RULE("{alow: {}}"), 6, 8, "unknown-key", "did you mean 'allow'?" },
	{ IN_RULE("{allow: {}, as: read-only}"), 6, 23, "reserved", "'as: read-only' is not yet supported" },
	{ IN_RULE("{allow: {}, as: read-wirte}"), 6, 23, "unknown-value", "did you mean 'read-write'?" },
	{ IN_RULE("{refuse: {}, as: read-write}"), 6, 20, "as-refuse", "rules that allow" },
	{ IN_RULE("{allow: {}, encrypted: required}"), 6, 19, "reserved", "'encrypted'" },
	{ IN_RULE("{allow: storage}"), 6, 15, "type", "'allow' must be a mapping" },
	{ IN_ALLOW("vendor: 1"), 6, 15, "unknown-key", "known here: usb, serial, port, class" },
	{ IN_ALLOW("clas: storage"), 6, 15, "unknown-key", "did you mean 'class'?" },
	{ IN_ALLOW("class: storrage"), 6, 22, "unknown-value", "did you mean 'storage'?" },
	{ IN_ALLOW("class: [hub, qqqqqq]"), 6, 28, "unknown-value", "known: storage, mtp, keyboard" },
	{ IN_ALLOW("class: []"), 6, 22, "list-length", "1 to 64 values, this has 0" },
	{ IN_ALLOW("class: {a: b}"), 6, 22, "type", "'class' must be a class name" },
	{ IN_ALLOW("class: [[hub]]"), 6, 23, "type", "'class' must be a class name" },
	{ IN_ALLOW("usb: 0781"), 6, 20, "bad-value", "like \"0781:5583\"" },
	{ IN_ALLOW("usb: \"0781:558\""), 6, 20, "bad-value", "vendor:product" },
	{ IN_ALLOW("usb: \"0781:55835\""), 6, 20, "bad-value", "vendor:product" },
	{ IN_ALLOW("usb: \"0781:5*3\""), 6, 20, "bad-value", "vendor:product" },
	{ IN_ALLOW("usb: \"0781:55g3\""), 6, 20, "bad-value", "vendor:product" },
	{ IN_ALLOW("usb: \"0781:5583:SN\""), 6, 20, "bad-value", "vendor:product" },
	{ IN_ALLOW("usb: \":\""), 6, 20, "bad-value", "vendor:product" },
	{ IN_ALLOW("serial: \"\""), 6, 23, "length", "1 to 255 bytes" },
	{ IN_ALLOW("port: \"pci-0000:00:14.0/2*\""), 6, 21, "bad-value", "port path" },
	{ IN_ALLOW("port: \"pci-*/2\""), 6, 21, "bad-value", "port path" },
	{ IN_ALLOW("port: \"usb1*\""), 6, 21, "bad-value", "port path" },
	{ IN_ALLOW("port: \"pci-0000:00:14.0/\""), 6, 21, "bad-value", "port path" },
	{ IN_ALLOW("port: \"a b/1\""), 6, 21, "bad-value", "port path" },
	{ IN_ALLOW("interface: 03/01"), 6, 26, "bad-value", "class/subclass/protocol" },
	{ IN_ALLOW("interface: \"3/1/1\""), 6, 26, "bad-value", "class/subclass/protocol" },
	{ IN_ALLOW("interface: \"03/01/011\""), 6, 26, "bad-value", "class/subclass/protocol" },
	{ IN_ALLOW("interface: \"**/01/01\""), 6, 26, "bad-value", "class/subclass/protocol" },
	{ IN_ALLOW("count: {keybord: 1}"), 6, 23, "unknown-key", "did you mean 'keyboard'?" },
	{ IN_ALLOW("count: {keyboard: two}"), 6, 33, "bad-value", "0 to 255" },
	{ IN_ALLOW("count: {keyboard: 3-2}"), 6, 33, "bad-value", "0 to 255" },
	{ IN_ALLOW("count: {keyboard: 256}"), 6, 33, "bad-value", "0 to 255" },
	{ IN_ALLOW("count: {keyboard: \"-2\"}"), 6, 33, "bad-value", "0 to 255" },
	{ IN_ALLOW("count: {}"), 6, 22, "type", "mapping of classes to ranges" },
	{ IN_ALLOW("count: 2"), 6, 22, "type", "mapping of classes to ranges" },
	{ IN_ALLOW("label: \"\""), 6, 22, "length", "1 to 127 bytes" },
};

static bool check_refusal(const struct refusal *c)
{
	struct kb_diags diags = { 0 };
	struct kb_model *model = (void *)0x1;
	const struct kb_diag *diag;
	bool found;
	int r = kb_text_parse(c->text, strlen(c->text), &diags, &model);

	assert_int_equal(r, -EBADMSG);
	assert_ptr_equal(model, (void *)0x1);
	for (diag = diags.first; diag; diag = diag->next)
		if (diag->line == c->line && diag->column == c->column &&
		    !strcmp(diag->code, c->code) && strstr(diag->text, c->words))
			break;
	found = diag;
	if (!found) {
		kb_diags_write(&diags, "got", stderr);
		print_error("wanted %u:%u %s \"%s\" for:\n%s\n", c->line, c->column, c->code,
			    c->words, c->text);
	}
	kb_diags_done(&diags);
	return found;
}

static void refuses(void **state)
{
	unsigned int failed = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		failed += !check_refusal(&refusals[i]);
	assert_int_equal(failed, 0);
}

/* Parses and expects exactly one error of that code and place. */
static void assert_one_error(const char *text, size_t len, const char *code, uint32_t line)
{
	struct kb_diags diags = { 0 };
	struct kb_model *model;

	assert_int_equal(kb_text_parse(text, len, &diags, &model), -EBADMSG);
	assert_int_equal(diags.counts[KB_DIAG_ERROR], 1);
	assert_string_equal(diags.first->code, code);
	assert_int_equal(diags.first->line, line);
	kb_diags_done(&diags);
}

/* A misspelt key is not told as a missing one, too. */
static void tells_once(void **state)
{
	static const char *const texts[] = {
		HEAD "policy: {municipality: a, group: g, seral: 1, expires: 2027-03-31}\n" MODE MEDIA,
		HEAD POLICY MODE "media: {rules: [{alow: {}}]}\n",
		HEAD POLICY MODE "medai: {}\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		assert_one_error(texts[i], strlen(texts[i]), "unknown-key", i ? 4 : 2);
}

static char *repeated(const char *head, const char *unit, unsigned int n, const char *tail)
{
	char *text = malloc(strlen(head) + strlen(unit) * n + strlen(tail) + 1);
	size_t used = strlen(head);

	assert_non_null(text);
	strcpy(text, head);
	for (; n; n--, used += strlen(unit))
		strcpy(text + used, unit);
	strcpy(text + used, tail);
	return text;
}

static void refuses_too_much(void **state)
{
	char *text = repeated("#", "x", KB_TEXT_MAX, "\n");

	(void)state;
	assert_one_error(text, strlen(text), "too-long", 0);
	free(text);
	text = repeated(HEAD POLICY MODE "media:\n  rules:\n", "    - allow: {class: hub}\n",
			KB_RULES_MAX + 1, "");
	assert_one_error(text, strlen(text), "too-many", 6);
	free(text);
	text = repeated(HEAD POLICY MODE "media: {rules: [{allow: {serial: [", "a,", 65, "]}}]}\n");
	assert_one_error(text, strlen(text), "list-length", 4);
	free(text);
	text = repeated(HEAD POLICY MODE "media: {tell: ", "x", 512, "}\n");
	assert_one_error(text, strlen(text), "length", 4);
	free(text);
}

static void refuses_many_keys(void **state)
{
	char text[4096] = HEAD "policy:\n";
	int i;

	(void)state;
	for (i = 0; i <= KB_DOCUMENT_KEYS_MAX; i++)
		sprintf(text + strlen(text), "  k%d: 1\n", i);
	assert_one_error(text, strlen(text), "too-many-keys", 3 + KB_DOCUMENT_KEYS_MAX);
}

/* A NUL byte ends nothing: what stands behind it must not be skipped. */
static void refuses_nul(void **state)
{
	static const char text[] = HEAD POLICY MODE MEDIA "\0x: y\n";
	struct kb_diags diags = { 0 };
	struct kb_model *model;

	(void)state;
	assert_int_equal(kb_text_parse(text, sizeof(text) - 1, &diags, &model), -EBADMSG);
	assert_int_equal(diags.first->line, 5);
	assert_int_equal(diags.first->column, 1);
	kb_diags_done(&diags);
}

static void tells_several(void **state)
{
	static const char text[] = "kidoban: 2\n"
				   "policy: {municipality: a, group: g, serial: x, expires: y}\n"
				   "mode: {media: z}\n" MEDIA;
	static const uint32_t lines[] = { 1, 2, 2, 3 };
	struct kb_diags diags = { 0 };
	const struct kb_diag *diag;
	struct kb_model *model;
	size_t i = 0;

	(void)state;
	assert_int_equal(kb_text_parse(text, strlen(text), &diags, &model), -EBADMSG);
	for (diag = diags.first; diag; diag = diag->next)
		assert_int_equal(diag->line, lines[i++]);
	assert_int_equal(i, ARRAY_SIZE(lines));
	kb_diags_done(&diags);
}

static void keeps_twenty(void **state)
{
	char *text = repeated(HEAD POLICY MODE "media:\n  rules:\n", "    - allow: {class: x}\n", 50,
			      "");
	struct kb_diags diags = { 0 };
	const struct kb_diag *diag;
	struct kb_model *model;
	unsigned int kept = 0;
	char *printed;
	size_t len;
	FILE *out;

	(void)state;
	assert_int_equal(kb_text_parse(text, strlen(text), &diags, &model), -EBADMSG);
	for (diag = diags.first; diag; diag = diag->next)
		kept++;
	assert_int_equal(kept, KB_DIAG_ERRORS_MAX);
	assert_int_equal(diags.counts[KB_DIAG_ERROR], 50);
	out = open_memstream(&printed, &len);
	kb_diags_write(&diags, "f.yaml", out);
	fclose(out);
	assert_non_null(strstr(printed, "f.yaml:6:22: error: 'x' is not known"));
	assert_non_null(strstr(printed, "f.yaml: 30 more not shown\n"));
	free(printed);
	kb_diags_done(&diags);
	free(text);
}

/* The rule of reads_everything(). */
static void assert_rule(const struct kb_usb_rule *rule)
{
	assert_int_equal(rule->action, KB_ACTION_REFUSE);
	assert_int_equal(rule->line, 13);
	assert_int_equal(rule->n_ids, 3);
	assert_int_equal(rule->ids[1].vendor, 0x0700);
	assert_int_equal(rule->ids[1].vendor_mask, 0xff00);
	assert_int_equal(rule->ids[1].product_mask, 0);
	assert_int_equal(rule->ids[2].product, 0xabcd);
	assert_int_equal(rule->n_serials, 2);
	assert_string_equal(rule->serials[0], "007");
	assert_string_equal(rule->ports[0], "pci-0000:00:14.0/2.*");
	assert_int_equal(rule->classes, KB_CLASS_BIT(KB_CLASS_STORAGE) | KB_CLASS_BIT(KB_CLASS_MTP));
	assert_int_equal(rule->triples[0].mask, KB_TRIPLE_CLASS | KB_TRIPLE_PROTOCOL);
	assert_int_equal(rule->has, KB_CLASS_BIT(KB_CLASS_HUB));
	assert_int_equal(rule->n_counts, 3);
	assert_int_equal(rule->counts[0].max, 255);
	assert_int_equal(rule->counts[1].class, KB_CLASS_MAX);
	assert_int_equal(rule->counts[2].max, 0);
	assert_string_equal(rule->label, "L");
	assert_string_equal(rule->tell, "one line");
}

static void reads_everything(void **state)
{
	static const char text[] = HEAD
		"policy:\n"
		"  municipality: 011002\n"
		"  group: \xe5\x85\xb1\xe6\x9c\x89\n"
		"  epoch: 3\n"
		"  serial: 4294967295\n"
		"  not_before: 2026-04-01\n"
		"  expires: 2027-03-31T17:15:30Z\n"
		"  lock: true\n"
		"mode: {media: off}\n"
		"media:\n"
		"  rules:\n"
		"    - refuse:\n"
		"        usb: [\"0781:5583\", \"07??:*\", \"*:ABcd\"]\n"
		"        serial: [\"007\", x y]\n"
		"        port: pci-0000:00:14.0/2.*\n"
		"        class: [storage, mtp]\n"
		"        interface: \"08/*/50\"\n"
		"        has: hub\n"
		"        count: {keyboard: 2-, interfaces: 1-3, hub: 0}\n"
		"        label: L\n"
		"      tell: >-\n"
		"        one\n"
		"        line\n"
		"  default: allow\n"
		"  tell: T\n";
	struct kb_diags diags = { 0 };
	const struct kb_policy *policy;
	struct kb_model *model;

	(void)state;
	assert_int_equal(kb_text_parse(text, strlen(text), &diags, &model), 0);
	policy = &model->policy;
	assert_string_equal(policy->header.municipality, "011002");
	assert_string_equal(policy->header.group, "\xe5\x85\xb1\xe6\x9c\x89");
	assert_int_equal(policy->header.epoch, 3);
	assert_int_equal(policy->header.serial, UINT32_MAX);
	assert_int_equal(policy->header.not_before, 1774969200);
	assert_int_equal(policy->header.expires, 1806513330);
	assert_true(policy->header.lock);
	assert_int_equal(policy->media_mode, KB_GATE_OFF);
	assert_int_equal(policy->media_default, KB_ACTION_ALLOW);
	assert_string_equal(policy->media_tell, "T");
	assert_int_equal(policy->n_rules, 1);
	assert_rule(policy->rules);
	kb_model_free(model);
	kb_diags_done(&diags);
}

/* What some editors put in front of UTF-8. */
static void takes_a_byte_order_mark(void **state)
{
	static const char text[] = "\xef\xbb\xbf" HEAD POLICY MODE MEDIA;
	struct kb_diags diags = { 0 };
	struct kb_model *model;

	(void)state;
	assert_int_equal(kb_text_parse(text, strlen(text), &diags, &model), 0);
	kb_model_free(model);
	kb_diags_done(&diags);
}

static void takes_defaults(void **state)
{
	static const char text[] = HEAD POLICY MODE "media: {}\n";
	struct kb_diags diags = { 0 };
	struct kb_model *model;

	(void)state;
	assert_int_equal(kb_text_parse(text, strlen(text), &diags, &model), 0);
	assert_int_equal(model->policy.header.epoch, 1);
	assert_int_equal(model->policy.header.not_before, 0);
	assert_false(model->policy.header.lock);
	assert_int_equal(model->policy.media_default, KB_ACTION_REFUSE);
	assert_null(model->policy.media_tell);
	assert_int_equal(model->policy.n_rules, 0);
	kb_model_free(model);
	kb_diags_done(&diags);
}

static void reads_dates(void **state)
{
	static const struct {
		const char *text;
		bool until;
		uint64_t seconds;
	} cases[] = {
		{ "2027-03-31", false, 1806418800 },
		{ "2027-03-31", true, 1806505200 },
		{ "2027-03-31T00:00", true, 1806418800 },
		{ "2027-03-31 00:00:00+09:00", false, 1806418800 },
		{ "2027-03-30T15:00Z", false, 1806418800 },
		{ "2027-03-30T10:30-04:30", false, 1806418800 },
		{ "2028-02-29", false, 1835362800 },
		{ "1970-01-01T09:00", false, 0 },
	};
	static const char *const wrong[] = { "", "2027", "2027-3-31", "2027-02-29", "2027-03-31T",
		"2027-03-31T10", "2027-03-31T10:00X", "2027-03-31T10:00+9", "2027-03-31T10:00:60",
		"1969-12-31", "2200-01-01", "1970-01-01", "2027-03-31x", "2027-03-31T10:00Zx" };
	uint64_t seconds;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(kb_scalar_date(cases[i].text, cases[i].until, &seconds), 0);
		assert_int_equal(seconds, cases[i].seconds);
	}
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(kb_scalar_date(wrong[i], false, &seconds), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),	     cmocka_unit_test(refuses_too_much),
		cmocka_unit_test(refuses_many_keys), cmocka_unit_test(refuses_nul),
		cmocka_unit_test(tells_once),
		cmocka_unit_test(tells_several),     cmocka_unit_test(keeps_twenty),
		cmocka_unit_test(reads_everything),  cmocka_unit_test(takes_defaults),
		cmocka_unit_test(reads_dates),	     cmocka_unit_test(takes_a_byte_order_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
