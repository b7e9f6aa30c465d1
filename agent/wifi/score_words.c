// SPDX-License-Identifier: GPL-2.0-or-later
/* Signals of impostors: names, sentences, points. */
#include "agent/wifi/score.h"

#include "policy/i18n.h"

static const struct {
	const char *name, *text;
	u32 weight;
} signals[KB_SIGNAL_MAX] = {
	[KB_SIGNAL_WEAKER] = { "weaker-security",
			       N_("has a pinned SSID, but not the security that the policy demands"),
			       KB_SCORE_CRITICAL },
	[KB_SIGNAL_CERTIFICATE] = { "certificate",
				    N_("its authentication server showed a wrong certificate"),
				    KB_SCORE_CRITICAL },
	[KB_SIGNAL_STRANGER] = { "unknown-bssid",
				 N_("has a pinned SSID under an address that is not in the policy"),
				 KB_SCORE_MEDIUM },
	[KB_SIGNAL_BORROWED] = { "other-ssid", N_("has an address of the policy and another SSID"),
				 KB_SCORE_HIGH },
	[KB_SIGNAL_MIXED] = { "mixed-security",
			      N_("offers less security than others of its network, or than before"),
			      KB_SCORE_HIGH },
	[KB_SIGNAL_KARMA] = { "karma", N_("answers to the name of a network that nobody has"),
			      KB_SCORE_HIGH },
	[KB_SIGNAL_CHANNEL] = { "channel", N_("names another channel than the one it was heard on"),
				KB_SCORE_MEDIUM },
	[KB_SIGNAL_TSF] = { "clock", N_("two clocks tick under its address"), KB_SCORE_MEDIUM },
	[KB_SIGNAL_ELEMENTS] = { "elements", N_("describes itself in another way than before"),
				 KB_SCORE_MEDIUM },
	[KB_SIGNAL_POWER] = { "power", N_("its strength or channel jumps"), KB_SCORE_LOW },
};

const char *kb_signal_name(enum kb_signal signal)
{
	return (unsigned int)signal < KB_SIGNAL_MAX ? signals[signal].name : NULL;
}

const char *kb_signal_text(enum kb_signal signal)
{
	return (unsigned int)signal < KB_SIGNAL_MAX ? signals[signal].text : NULL;
}

u32 kb_signal_weight(enum kb_signal signal)
{
	return (unsigned int)signal < KB_SIGNAL_MAX ? signals[signal].weight : 0;
}

const char *kb_bss_standing_name(enum kb_bss_standing standing)
{
	static const char *const names[] = {
		[KB_BSS_UNKNOWN] = "unknown",
		[KB_BSS_KNOWN] = "known",
		[KB_BSS_SUSPECT] = "suspect",
	};

	return (unsigned int)standing < ARRAY_SIZE(names) ? names[standing] : NULL;
}
