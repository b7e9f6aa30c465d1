// SPDX-License-Identifier: GPL-2.0-or-later
/* What would change the standing: what is missing, what it would end without (P1). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/place/account.h"
#include "policy/i18n.h"

static bool is_present(const struct kb_account_piece *piece)
{
	return !strcmp(piece->presence, "present") && !piece->veto;
}

u32 kb_account_present(const struct kb_account_place *place)
{
	u32 i, n = 0;

	for (i = 0; i < place->n; i++)
		n += is_present(&place->pieces[i]);
	return n;
}

#define CLASS(class)	(1u << (class))
#define CLASSES_ALL	(CLASS(KB_EVIDENCE_CRYPTOGRAPHIC) | CLASS(KB_EVIDENCE_PHYSICAL) | CLASS(KB_EVIDENCE_WEAK))

static u32 count(const struct kb_account_place *place, u32 classes, bool present)
{
	u32 i, n = 0;

	for (i = 0; i < place->n; i++)
		n += (CLASS(place->pieces[i].class) & classes) &&
		     is_present(&place->pieces[i]) == present;
	return n;
}

/* "a, b, c": those of the classes that are (not) present. */
static void list(const struct kb_account_place *place, u32 classes, bool present, FILE *out)
{
	const char *comma = "";
	u32 i;

	for (i = 0; i < place->n; i++) {
		if (!(CLASS(place->pieces[i].class) & classes) ||
		    is_present(&place->pieces[i]) != present)
			continue;
		fprintf(out, "%s%s", comma, place->pieces[i].text);
		comma = ", ";
	}
	fputc('\n', out);
}

/* True when the class is there; else what of it would do. */
static bool class_there(const struct kb_account_place *place, enum kb_evidence_class class,
			FILE *out)
{
	bool cryptographic = class == KB_EVIDENCE_CRYPTOGRAPHIC;

	if (count(place, CLASS(class), true))
		return true;
	if (!count(place, CLASS(class), false)) {
		fputs(cryptographic ?
			      _("it cannot be entered: the policy names no cryptographic evidence for it\n") :
			      _("it cannot be entered: the policy names no physical evidence for it\n"), out);
		return false;
	}
	fputs(cryptographic ? _("needs one cryptographic piece of: ") :
			      _("needs one physical piece of: "), out);
	list(place, CLASS(class), false, out);
	return false;
}

static void missing(const struct kb_account *account, const struct kb_account_place *place,
		    FILE *out)
{
	u32 have = kb_account_present(place), i;
	bool enough = true;

	if (account->veto[0]) {
		fprintf(out, _("as long as this lasts, it is none of the places: %s\n"),
			account->veto);
		enough = false;
	}
	for (i = 0; i < place->n; i++)
		if (place->pieces[i].veto) {
			fprintf(out, _("%s says that this is another place: %s\n"),
				place->pieces[i].text, place->pieces[i].detail);
			enough = false;
		}
	if (!class_there(place, KB_EVIDENCE_CRYPTOGRAPHIC, out)) {
		have++;
		enough = false;
	}
	if (!class_there(place, KB_EVIDENCE_PHYSICAL, out)) {
		have++;
		enough = false;
	}
	if (have < place->need) {
		fprintf(out, _("needs %u more of: "), place->need - have);
		list(place, CLASSES_ALL, false, out);
		enough = false;
	}
	if (enough)
		fputs(_("everything is there; it counts after ten seconds\n"), out);
}

/* Whatever the quorum cannot do without. */
static void depends(const struct kb_account_place *place, FILE *out)
{
	static const enum kb_evidence_class needed[] = { KB_EVIDENCE_CRYPTOGRAPHIC,
							 KB_EVIDENCE_PHYSICAL };
	size_t i;

	if (kb_account_present(place) == place->need) {
		fputs(_("ends without any of: "), out);
		list(place, CLASSES_ALL, true, out);
		return;
	}
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (count(place, CLASS(needed[i]), true) == 1) {
			fputs(_("ends without: "), out);
			list(place, CLASS(needed[i]), true, out);
		}
}

int kb_account_advice(const struct kb_account *account, const struct kb_account_place *place,
		      char **ret)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return -ENOMEM;
	if (!strcmp(place->standing, "inside"))
		depends(place, out);
	else
		missing(account, place, out);
	if (fclose(out)) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}
