// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's sentences about what it refuses, as people read them. */
#include "agent/refusal.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "policy/i18n.h"

#define JAPAN_OFFSET	(9 * 3600)
#define SECONDS_MAX	253402300799ull	/* the end of the year 9999 */
#define DATE_SIZE	32
#define NAME_SIZE	256

/* kmod/policy.c, trust.c, netlink_net.c, isolate.c, path.c, kmod/core/admit.c */
static const char *const fixed[] = {
	N_("this policy is in force already"),
	N_("trust is not sealed yet; start kidoband"),
	N_("this terminal has approver keys: the policy needs an approver signature"),
	N_("the module is being removed and cannot be locked"),
	N_("author signature: made by none of the trusted author keys"),
	N_("approver signature: made by none of the trusted approver keys"),
	N_("author signature does not match the policy's bytes"),
	N_("approver signature does not match the policy's bytes"),
	N_("author signature is not a detached CMS signature this kernel can read"),
	N_("approver signature is not a detached CMS signature this kernel can read"),
	N_("this kernel does not know the certificate's algorithm; use RSA-3072 with SHA-256"),
	N_("not a DER-encoded X.509 certificate"),
	N_("this key stands in a ring already; one key has one role"),
	N_("too many keys in this ring"),
	N_("trust is sealed until the module is loaded anew"),
	N_("trust is sealed already"),
	N_("no author certificate was added"),
	N_("no policy is in force"),
	N_("another policy is in force by now"),
	N_("the policy has no such zone"),
	N_("the policy has no such schedule"),
	N_("the policy has no such Wi-Fi profile"),
	N_("too many links"),
	N_("the machine is going to sleep"),
	N_("the terminal is isolated already"),
	N_("the terminal is not isolated"),
	N_("this is no order of release"),
	N_("the order releases another isolation; quote the one that status shows"),
	N_("this kernel has no netfilter egress hook, which mode.path needs"),
};

static void japan(unsigned long long seconds, char ret[DATE_SIZE])
{
	time_t local = seconds > SECONDS_MAX ? 0 : (time_t)seconds + JAPAN_OFFSET;
	struct tm tm;

	if (!local || !gmtime_r(&local, &tm) || !strftime(ret, DATE_SIZE, "%Y-%m-%d %H:%M", &tm))
		snprintf(ret, DATE_SIZE, "%llu", seconds);
}

static bool about_dates(const char *text, char *ret, size_t size)
{
	unsigned long long limit, now;
	char limit_text[DATE_SIZE], now_text[DATE_SIZE];
	bool expired = sscanf(text, "expired at %llu, it is %llu", &limit, &now) == 2;

	if (!expired && sscanf(text, "not valid before %llu, it is %llu", &limit, &now) != 2)
		return false;
	japan(limit, limit_text);
	japan(now, now_text);
	if (expired)
		snprintf(ret, size, _("expired at %s, it is %s (Japan time)"), limit_text, now_text);
	else
		snprintf(ret, size, _("not valid before %s, it is %s (Japan time)"), limit_text, now_text);
	return true;
}

static bool about_age(const char *text, char *ret, size_t size)
{
	unsigned int epoch, serial, floor_epoch, floor_serial;

	if (sscanf(text, "epoch %u serial %u does not follow epoch %u serial %u", &epoch, &serial,
		   &floor_epoch, &floor_serial) != 4)
		return false;
	snprintf(ret, size, _("epoch %u serial %u does not follow epoch %u serial %u"), epoch, serial,
		 floor_epoch, floor_serial);
	return true;
}

/* "@head THEIRS @middle OURS" */
static bool take_names(const char *text, const char *head, const char *middle,
		       char theirs[NAME_SIZE], char ours[NAME_SIZE])
{
	const char *end;

	if (strncmp(text, head, strlen(head)))
		return false;
	text += strlen(head);
	end = strstr(text, middle);
	if (!end || end - text >= NAME_SIZE)
		return false;
	snprintf(theirs, NAME_SIZE, "%.*s", (int)(end - text), text);
	snprintf(ours, NAME_SIZE, "%s", end + strlen(middle));
	return true;
}

static bool about_address(const char *text, char *ret, size_t size)
{
	char theirs[NAME_SIZE], ours[NAME_SIZE];

	if (take_names(text, "made for municipality ", ", this terminal is of ", theirs, ours))
		snprintf(ret, size, _("made for municipality %s, this terminal is of %s"), theirs, ours);
	else if (take_names(text, "made for group ", ", this terminal is in ", theirs, ours))
		snprintf(ret, size, _("made for group %s, this terminal is in %s"), theirs, ours);
	else
		return false;
	return true;
}

void kb_refusal_text(const char *text, char *ret, size_t size)
{
	size_t i;

	if (about_dates(text, ret, size) || about_age(text, ret, size) ||
	    about_address(text, ret, size))
		return;
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (!strcmp(text, fixed[i])) {
			text = _(fixed[i]);
			break;
		}
	snprintf(ret, size, "%s", text);
}
