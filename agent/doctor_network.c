// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: links, paths, the lease, isolation. */
#include "agent/doctor.h"
#include "agent/words.h"
#include "policy/i18n.h"

static void isolation(const struct kb_status *s, struct kb_findings *f)
{
	char id[2 * KB_ISOLATION_LEN + 1], advice[128];
	int i;

	if (!s->isolated)
		return;
	for (i = 0; i < KB_ISOLATION_LEN; i++)
		snprintf(id + 2 * i, 3, "%02x", s->isolation[i]);
	snprintf(advice, sizeof(advice), "kidoban order release --isolation %s ...", id);
	kb_finding_add(f, KB_HEALTH_BAD, "isolated", advice,
		       _("this terminal is isolated (%s): only its collector is reachable"), id);
}

static void modes(const struct kb_status *s, struct kb_findings *f)
{
	if (s->mode_link == KB_GATE_AUDIT)
		kb_finding_add(f, KB_HEALTH_WARNING, "links-not-enforced",
			       _("write \"mode: {link: enforce}\" into the policy, sign and load it"),
			       _("the link gate only reports: no link is refused"));
	if (s->mode_path == KB_GATE_AUDIT)
		kb_finding_add(f, KB_HEALTH_WARNING, "paths-not-enforced",
			       _("write \"mode: {path: enforce}\" into the policy, sign and load it"),
			       _("the path gate only reports: no packet is refused"));
}

static void lease(const struct kb_status *s, const struct kb_overview *o, struct kb_findings *f)
{
	char zone[4 * KB_NAME_MAX + 8];

	if (!s->lease) {
		kb_finding_add(f, KB_HEALTH_BAD, "lease-missing", "systemctl restart kidoband",
			       _("no lease: the agent does not run or cannot report, protected paths are closed"));
		return;
	}
	kb_printable(o->zone, zone, sizeof(zone));
	if (zone[0])
		kb_finding_add(f, KB_HEALTH_GOOD, "lease", NULL, _("the lease runs; place %s"), zone);
	else
		kb_finding_add(f, KB_HEALTH_GOOD, "lease", NULL,
			       _("the lease runs; the place is unknown, paths that need one are closed"));
}

static void links(const struct kb_status *s, const struct kb_overview *o, struct kb_findings *f)
{
	char bypass[64], name[4 * KB_IFNAME_MAX + 8];

	if (o->bypass) {
		kb_bypass_text(o->bypass, bypass, sizeof(bypass));
		kb_printable(o->bypass_link, name, sizeof(name));
		kb_finding_add(f, KB_HEALTH_BAD, "bypass", "kidoban links",
			       _("link %s carries %s, which passes by the path gate"), name, bypass);
	}
	if (s->mode_path != KB_GATE_OFF && o->links && !o->links_open)
		kb_finding_add(f, KB_HEALTH_WARNING, "no-link-open", "kidoban links",
			       _("no link is open: this terminal reaches nothing"));
}

void kb_doctor_network(const struct kb_doctor_view *view, struct kb_findings *f)
{
	const struct kb_status *s = view->status;
	const struct kb_overview *o = view->overview;

	if (!s || !o)
		return;
	isolation(s, f);
	if (!s->policy || (s->mode_link == KB_GATE_OFF && s->mode_path == KB_GATE_OFF))
		return;
	modes(s, f);
	lease(s, o, f);
	links(s, o, f);
	kb_doctor_wifi(view, f);
}
