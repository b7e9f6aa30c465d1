// SPDX-License-Identifier: GPL-2.0-or-later
/* The key list of kidoban-policy(5). */
#include "agent/cli/manual.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include <kidoban/usb.h>

#include "policy/i18n.h"
#include "policy/service.h"

#define PATH_SIZE	200
#define WORD_MAX	40	/* letters of a word on one line: a digest has 64 */

struct manual {
	enum kb_manual_format format;
	FILE *out;
};

/* roff: backslashes, hyphens and a dot or quote at the line's beginning mean something; long words need places to break. */
static void write_plain(const struct manual *m, const char *text)
{
	unsigned int run = 0;

	if (m->format == KB_MANUAL_MARKDOWN) {
		fputs(text, m->out);
		return;
	}
	if (*text == '.' || *text == '\'')
		fputs("\\&", m->out);
	for (; *text; text++) {
		run = isalnum((unsigned char)*text) ? run + 1 : 0;
		if (run == WORD_MAX) {
			fputs("\\:", m->out);
			run = 0;
		}
		if (*text == '\\')
			fputs("\\e", m->out);
		else if (*text == '-')
			fputs("\\-", m->out);
		else
			fputc(*text, m->out);
	}
}

static void write_code(const struct manual *m, const char *text)
{
	fputs(m->format == KB_MANUAL_ROFF ? "\\fB" : "`", m->out);
	write_plain(m, text);
	fputs(m->format == KB_MANUAL_ROFF ? "\\fR" : "`", m->out);
}

static void open_section(const struct manual *m, const char *title)
{
	fprintf(m->out, m->format == KB_MANUAL_ROFF ? ".SH \"%s\"\n" : "\n## %s\n\n", title);
}

/* Opens an entry with @term; its text follows. */
static void open_entry(const struct manual *m, const char *term)
{
	fputs(m->format == KB_MANUAL_ROFF ? ".TP\n" : "- ", m->out);
	write_code(m, term);
	fputs(m->format == KB_MANUAL_ROFF ? "\n" : ": ", m->out);
}

static void write_bounds(const struct manual *m, const struct kb_key *key)
{
	if (key->type == KB_TYPE_UINT && key->min == key->max)
		fprintf(m->out, _(", always %u"), key->min);
	else if (key->type == KB_TYPE_UINT || key->type == KB_TYPE_PACE)
		fprintf(m->out, _(", from %u to %u"), key->min, key->max);
	else if (key->type == KB_TYPE_DEGREES)
		fprintf(m->out, _(", from -%u to %u"), key->max, key->max);
	else if (key->type == KB_TYPE_MAPS || key->type == KB_TYPE_NAMED)
		fprintf(m->out, _(", at most %u entries"), key->max);
	else if (key->max && !(key->flags & KB_KEY_LONG))
		fprintf(m->out, _(", %u to %u bytes"), key->min, key->max);
	if (key->flags & KB_KEY_LIST && key->type != KB_TYPE_COUNTS)
		fprintf(m->out, _(", or a list of up to %d"),
			key->flags & KB_KEY_LONG ? (int)key->max : KB_RULE_LIST_MAX);
	if (key->flags & KB_KEY_NEEDED)
		fputs(_("; needed"), m->out);
	if (key->fallback)
		fprintf(m->out, _("; default %s"), key->fallback);
	fputs(".\n", m->out);
}

static void write_words(const struct manual *m, const struct kb_word *word)
{
	for (; word->name; word++) {
		fputs(m->format == KB_MANUAL_ROFF ? ".br\n" : "  - ", m->out);
		write_code(m, word->name);
		fputs(": ", m->out);
		write_plain(m, word->reserved ? _("Not yet supported.") : _(word->text));
		fputc('\n', m->out);
	}
}

static void write_key(const struct manual *m, const struct kb_key *key, const char *path)
{
	open_entry(m, path);
	if (key->type == KB_TYPE_RESERVED) {
		if (key->text)
			fprintf(m->out, "%s ", _("Refused:"));
		write_plain(m, key->text ? _(key->text) :
					   _("Reserved; not yet supported by this version."));
		fputc('\n', m->out);
		return;
	}
	write_plain(m, _(key->text));
	fputc(' ', m->out);
	write_plain(m, _(kb_type_infos[key->type].noun));
	write_bounds(m, key);
	if (m->format == KB_MANUAL_MARKDOWN)
		fputs("  ", m->out);
	fprintf(m->out, "%s ", _("Example:"));
	write_code(m, key->example);
	fputc('\n', m->out);
	if (key->words)
		write_words(m, key->words);
}

static void write_keys(const struct manual *m, const struct kb_key *keys, const char *prefix);

/* One name, several forms: the mapping and the list among them have keys of their own. */
static void write_choice(const struct manual *m, const struct kb_key *choice, const char *path)
{
	const struct kb_key *key;
	char inner[PATH_SIZE];

	for (key = choice->keys; key->name; key++) {
		write_key(m, key, path);
		if (!key->keys)
			continue;
		snprintf(inner, sizeof(inner), "%s%s", path, key->type == KB_TYPE_MAPS ? "[]" : "");
		write_keys(m, key->keys, inner);
	}
}

static void write_keys(const struct manual *m, const struct kb_key *keys, const char *prefix)
{
	const struct kb_key *key, *described = NULL;
	char path[PATH_SIZE];

	for (key = keys; key->name; key++) {
		snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", key->name);
		write_key(m, key, path);
		/* allow and refuse have the same keys: told once. */
		if (!key->keys || (described && described->keys == key->keys))
			continue;
		if (key->type == KB_TYPE_CHOICE) {
			write_choice(m, key, path);
			continue;
		}
		if (key->type == KB_TYPE_NAMED) {
			strncat(path, ".NAME", sizeof(path) - strlen(path) - 1);
			write_key(m, key->keys, path);
			continue;
		}
		if (key->flags & KB_KEY_ONE_OF)
			described = key;
		if (key->type == KB_TYPE_MAPS)
			strncat(path, "[]", sizeof(path) - strlen(path) - 1);
		write_keys(m, key->keys, path);
	}
}

static void write_classes(const struct manual *m)
{
	int class;

	open_section(m, _("CLASS NAMES"));
	for (class = 0; class < KB_CLASS_MAX; class++) {
		fputs(class ? ", " : "", m->out);
		write_code(m, kb_class_name(class));
	}
	fputs(".\n", m->out);
}

static void write_services(const struct manual *m)
{
	const struct kb_service_preset *preset;
	char service[KB_SERVICE_SIZE];
	unsigned int i;

	open_section(m, _("SERVICES"));
	for (preset = kb_service_presets; preset->name; preset++) {
		open_entry(m, preset->name);
		write_plain(m, _(preset->text));
		fputs(": ", m->out);
		for (i = 0; i < kb_service_preset_size(preset); i++) {
			kb_service_to_text(&preset->services[i], service);
			fputs(i ? ", " : "", m->out);
			write_plain(m, service);
		}
		fputs(".\n", m->out);
	}
}

void kb_manual_write(const struct kb_key *keys, enum kb_manual_format format, FILE *out)
{
	struct manual m = { .format = format, .out = out };

	open_section(&m, _("KEYS"));
	write_keys(&m, keys, "");
	write_classes(&m);
	write_services(&m);
}
