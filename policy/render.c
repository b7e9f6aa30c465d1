// SPDX-License-Identifier: GPL-2.0-or-later
/* Policies and rules back into YAML. */
#include "policy/render.h"

#include <time.h>

#include "policy/utf8.h"

#define JAPAN_OFFSET	(9 * 3600)
#define DAY_SECONDS	(24 * 3600)

void kb_render_text(const char *text, FILE *out)
{
	size_t left = strlen(text), step;

	fputc('"', out);
	for (; left; text += step, left -= step) {
		step = kb_utf8_char(text, left);
		if (!step) {
			/* Only strings that never passed a reader come here. */
			step = 1;
			fputs("\\ufffd", out);
		} else if (kb_utf8_hidden(text, step)) {
			fprintf(out, step < 4 ? "\\u%04x" : "\\U%08x", kb_utf8_point(text, step));
		} else {
			fputs(*text == '"' || *text == '\\' ? "\\" : "", out);
			fwrite(text, 1, step, out);
		}
	}
	fputc('"', out);
}

static void render_masked(uint16_t value, uint16_t mask, FILE *out)
{
	int shift;

	for (shift = 12; shift >= 0; shift -= 4) {
		if (!(mask & ((1u << (shift + 4)) - 1))) {
			/* Nothing counts from here on: one star says so, "?" alone is exact too. */
			fputc('*', out);
			return;
		}
		if (mask >> shift & 0xf)
			fprintf(out, "%x", value >> shift & 0xf);
		else
			fputc('?', out);
	}
}

void kb_render_usb(const struct kb_usb_id *id, FILE *out)
{
	render_masked(id->vendor, id->vendor_mask, out);
	fputc(':', out);
	render_masked(id->product, id->product_mask, out);
}

static void render_octet(uint8_t value, bool counts, FILE *out)
{
	if (counts)
		fprintf(out, "%02x", value);
	else
		fputc('*', out);
}

static void render_triple(const struct kb_usb_triple *triple, FILE *out)
{
	render_octet(triple->class, triple->mask & KB_TRIPLE_CLASS, out);
	fputc('/', out);
	render_octet(triple->subclass, triple->mask & KB_TRIPLE_SUBCLASS, out);
	fputc('/', out);
	render_octet(triple->protocol, triple->mask & KB_TRIPLE_PROTOCOL, out);
}

static void render_classes(uint32_t classes, FILE *out)
{
	const char *comma = "";
	int class;

	fputc('[', out);
	for (class = 0; class < KB_CLASS_MAX; class++) {
		if (!(classes & KB_CLASS_BIT(class)))
			continue;
		fprintf(out, "%s%s", comma, kb_class_name(class));
		comma = ", ";
	}
	fputc(']', out);
}

/* Opens the next member of a flow mapping; @n values need brackets. */
static void open_member(const char *key, unsigned int n, bool *first, FILE *out)
{
	fprintf(out, "%s%s: %s", *first ? "" : ", ", key, n > 1 ? "[" : "");
	*first = false;
}

static void render_texts(const char *key, const char *const *texts, unsigned int n, bool *first,
			 FILE *out)
{
	unsigned int i;

	if (!n)
		return;
	open_member(key, n, first, out);
	for (i = 0; i < n; i++) {
		fputs(i ? ", " : "", out);
		kb_render_text(texts[i], out);
	}
	fputs(n > 1 ? "]" : "", out);
}

static void render_ids(const struct kb_usb_rule *rule, bool *first, FILE *out)
{
	unsigned int i;

	if (!rule->n_ids)
		return;
	open_member("usb", rule->n_ids, first, out);
	for (i = 0; i < rule->n_ids; i++) {
		fputs(i ? ", \"" : "\"", out);
		kb_render_usb(&rule->ids[i], out);
		fputc('"', out);
	}
	fputs(rule->n_ids > 1 ? "]" : "", out);
}

static void render_triples(const struct kb_usb_rule *rule, bool *first, FILE *out)
{
	unsigned int i;

	if (!rule->n_triples)
		return;
	open_member("interface", rule->n_triples, first, out);
	for (i = 0; i < rule->n_triples; i++) {
		fputs(i ? ", \"" : "\"", out);
		render_triple(&rule->triples[i], out);
		fputc('"', out);
	}
	fputs(rule->n_triples > 1 ? "]" : "", out);
}

static void render_counts(const struct kb_usb_rule *rule, bool *first, FILE *out)
{
	unsigned int i;

	if (!rule->n_counts)
		return;
	open_member("count", 1, first, out);
	for (i = 0; i < rule->n_counts; i++) {
		const struct kb_usb_count *count = &rule->counts[i];

		fprintf(out, "%s%s: \"%u", i ? ", " : "{",
			count->class < KB_CLASS_MAX ? kb_class_name(count->class) : "interfaces",
			count->min);
		if (count->max == UINT8_MAX)
			fputs("-\"", out);
		else if (count->max == count->min)
			fputc('"', out);
		else
			fprintf(out, "-%u\"", count->max);
	}
	fputc('}', out);
}

void kb_render_rule(const struct kb_usb_rule *rule, FILE *out)
{
	bool first = true;

	fprintf(out, "%s: {", kb_render_action(rule->action));
	render_ids(rule, &first, out);
	render_texts("serial", rule->serials, rule->n_serials, &first, out);
	render_texts("port", rule->ports, rule->n_ports, &first, out);
	if (rule->classes) {
		open_member("class", 1, &first, out);
		render_classes(rule->classes, out);
	}
	render_triples(rule, &first, out);
	if (rule->has) {
		open_member("has", 1, &first, out);
		render_classes(rule->has, out);
	}
	render_counts(rule, &first, out);
	if (rule->label)
		render_texts("label", &rule->label, 1, &first, out);
	fputc('}', out);
}

void kb_render_date(uint64_t when, bool until, char ret[KB_DATE_SIZE])
{
	time_t local = (time_t)when + JAPAN_OFFSET;
	bool whole = !(local % DAY_SECONDS);
	struct tm tm;

	if (whole && until)
		local -= DAY_SECONDS;
	if (!gmtime_r(&local, &tm) || !strftime(ret, KB_DATE_SIZE,
						whole ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%S+09:00", &tm))
		snprintf(ret, KB_DATE_SIZE, "-");
}

const char *kb_render_mode(enum kb_gate_mode mode)
{
	static const char *const names[] = { "off", "audit", "enforce" };

	return mode < ARRAY_SIZE(names) ? names[mode] : "-";
}

const char *kb_render_action(enum kb_action action)
{
	return action == KB_ACTION_ALLOW ? "allow" : "refuse";
}
