// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: places, their evidence, carrying out (P1, P2). */
#include "agent/doctor.h"
#include "agent/place/account.h"
#include "agent/words.h"
#include "policy/i18n.h"

static const char *shown(const struct kb_account_place *place)
{
	return place->label[0] ? place->label : place->zone;
}

static void where(const struct kb_account *account, struct kb_findings *f)
{
	char name[4 * KB_LABEL_MAX + 8];
	u32 i;

	for (i = 0; i < account->n; i++)
		if (!strcmp(account->places[i].zone, account->proven)) {
			kb_printable(shown(&account->places[i]), name, sizeof(name));
			kb_finding_add(f, KB_HEALTH_GOOD, "place", NULL,
				       _("this terminal is in %s"), name);
			return;
		}
	kb_finding_add(f, KB_HEALTH_NOTE, "place", "kidoban place",
		       _("this terminal is in none of the policy's places"));
}

/* What cannot be asked will never speak, wherever the terminal is. */
static void evidence(const struct kb_account_place *place, struct kb_findings *f)
{
	char name[4 * KB_LABEL_MAX + 8];
	u32 i;

	kb_printable(shown(place), name, sizeof(name));
	for (i = 0; i < place->n; i++)
		if (!strcmp(place->pieces[i].presence, "unknown") && place->pieces[i].detail[0])
			kb_finding_add(f, KB_HEALTH_NOTE, "evidence-unknown", "kidoban place",
				       _("%s: %s says nothing: %s"), name, place->pieces[i].text,
				       place->pieces[i].detail);
}

static void carried(const struct kb_carry_state *carry, struct kb_findings *f)
{
	char zone[4 * KB_NAME_MAX + 8];

	if (carry->where != KB_WHERE_OUT)
		return;
	kb_printable(carry->zone, zone, sizeof(zone));
	if (carry->overdue)
		kb_finding_add(f, KB_HEALTH_WARNING, "carry-overdue", "kidoban grant list",
			       _("carried out of %s, and its grant is over"), zone);
	else if (!carry->grant[0])
		kb_finding_add(f, KB_HEALTH_WARNING, "carry-out", "kidoban grant list",
			       _("carried out of %s without a grant"), zone);
	else
		kb_finding_add(f, KB_HEALTH_NOTE, "carry-out", "kidoban grant list",
			       _("carried out of %s with a grant"), zone);
}

/* The policy has places and nobody keeps an account of them. */
static void unkept(const struct kb_overview *o, struct kb_findings *f)
{
	if (!o || !o->places)
		return;
	if (o->place_mode == KB_GATE_OFF)
		kb_finding_add(f, KB_HEALTH_WARNING, "place-off",
			       _("write \"mode: {place: enforce}\" into the policy, sign and load it"),
			       _("no place is kept (mode.place is off): paths that need one stay closed"));
	else
		kb_finding_add(f, KB_HEALTH_BAD, "place-missing", "systemctl restart kidoband",
			       _("the policy has places, but the agent keeps none: paths that need one are closed"));
}

void kb_doctor_place(const struct kb_doctor_view *view, struct kb_findings *f)
{
	const struct kb_account *account = view->account;
	u32 i;

	if (!account) {
		unkept(view->overview, f);
		return;
	}
	if (!strcmp(account->mode, "audit"))
		kb_finding_add(f, KB_HEALTH_WARNING, "place-not-enforced",
			       _("write \"mode: {place: enforce}\" into the policy, sign and load it"),
			       _("the place is only reported: paths that need one open wherever the terminal is"));
	where(account, f);
	if (account->veto[0])
		kb_finding_add(f, KB_HEALTH_WARNING, "place-veto", "kidoban place",
			       _("no place is believed: %s"), account->veto);
	for (i = 0; i < account->n; i++)
		evidence(&account->places[i], f);
	carried(&account->carry, f);
}
