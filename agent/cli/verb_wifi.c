// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban wifi: the table of its verbs. */
#include "agent/cli/verb_wifi.h"

const struct kb_verb kb_wifi_verbs[] = {
	{ "provision", kb_wifi_provision,
	  "[--supplicant networkmanager|iwd|wpa_supplicant|auto] [--policy FILE] [--root DIR] [--check] [--json]",
	  N_("write the supplicant's configuration from the policy, or compare the two"), NULL,
	  "--supplicant --policy --root --check --json" },
	{}
};

int kb_verb_wifi(int argc, char **argv)
{
	return kb_verb_dispatch("wifi", kb_wifi_verbs, argc, argv);
}
