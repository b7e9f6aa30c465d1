// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy language as one table: wireless interfaces and Wi-Fi profiles. */
#include "policy/document.h"
#include "policy/file_name.h"
#include "policy/i18n.h"
#include "policy/model.h"
#include "policy/schema.h"
#include "policy/wifi_words.h"

#define AT(member)	.offset = offsetof(struct kb_model, member)
#define PROFILE(member)	.offset = offsetof(struct kb_profile_text, member)
#define PROFILE_LIST(member, count)                                                                \
	PROFILE(member), .count_offset = offsetof(struct kb_profile_text, count)
#define WORDS(table)	.type = KB_TYPE_WORD, .flags = KB_KEY_LIST | KB_KEY_MASK, .words = table

const struct kb_word kb_words_wifi_mode[] = {
	{ "off", KB_GATE_OFF, false,
	  N_("No profile is proven: a wireless link stays closed where profiles are named.") },
	{ "audit", KB_GATE_AUDIT, false,
	  N_("An association with the SSID of a pinned profile opens the link, and what differs is reported.") },
	{ "enforce", KB_GATE_ENFORCE, false,
	  N_("Only an association that matches a pinned profile in everything opens the link; all others are ended.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_word mode_words[] = {
	{ "refuse", KB_ACTION_REFUSE, false, N_("Such an interface is removed and reported.") },
	{ "report", KB_ACTION_ALLOW, false, N_("Such an interface is reported and stays.") },
	{ NULL, 0, false, NULL },
};

const struct kb_key kb_schema_wireless[] = {
	{ .name = "supplicant", .type = KB_TYPE_WORD, .words = kb_words_supplicant,
	  AT(agent.wireless.supplicant), .example = "auto", .fallback = "auto",
	  .text = N_("Who manages the wireless interfaces of the terminals.") },
	{ .name = "provision", .type = KB_TYPE_BOOL, AT(agent.wireless.provision),
	  .example = "true", .fallback = "false",
	  .text = N_("With true the agent writes the supplicant's configuration, so that nothing but pinned profiles is offered, and puts hand edits back.") },
	{ .name = "survey", .type = KB_TYPE_PACE, .min = KB_SURVEY_MIN, .max = KB_SURVEY_MAX,
	  AT(agent.wireless.survey), .example = "300", .fallback = "300",
	  .text = N_("Seconds between two looks at the access points in range; 0 or never: only when something happens.") },
	{ .name = "avoid", .type = KB_TYPE_BOOL, AT(agent.wireless.avoid), .example = "true",
	  .fallback = "true",
	  .text = N_("With true strong suspects are left and avoided, in mode enforce.") },
	{ .name = "modes", .type = KB_TYPE_WORD, .words = mode_words, AT(agent.wireless.modes),
	  .example = "refuse", .fallback = "refuse",
	  .text = N_("What happens to interfaces that are no stations: access points, IBSS, mesh, P2P, monitors.") },
	{ .name = "canary", .type = KB_TYPE_SSID, .min = 1, .max = KB_SSID_MAX, AT(net.canary),
	  .example = "\"kidoban-canary-7f3a\"",
	  .text = N_("An SSID that nobody has: who answers to it answers to everything.") },
	{ .name = NULL },
};

void kb_schema_prepare_profile(void *element, const struct kb_node *node)
{
	struct kb_profile_text *profile = element;

	profile->node = node;
}

#define PROBING                                                                                    \
	N_("a terminal that probes for hidden networks tells their names to the whole street, and anybody can answer; let the access points announce the SSID")

const struct kb_key kb_schema_wifi[] = {
	{ .name = "profile", .type = KB_TYPE_REF, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_NAME_MAX, PROFILE(profile), .example = "A",
	  .text = N_("What paths call this Wi-Fi network.") },
	{ .name = "ssid", .type = KB_TYPE_SSID, .flags = KB_KEY_ONE_OF, .min = 1,
	  .max = KB_SSID_MAX, PROFILE(ssid), .example = "MYNUMBER-A", .text = N_("Its SSID.") },
	{ .name = "ssid-hex", .type = KB_TYPE_SSID_HEX, .flags = KB_KEY_ONE_OF, PROFILE(ssid),
	  .example = "\"4d594e554d4245522d41\"",
	  .text = N_("Its SSID as octets, when it is no text.") },
	{ .name = "bssid", .type = KB_TYPE_MAC_MASK, .flags = KB_KEY_LIST | KB_KEY_LONG,
	  .max = KB_BSSIDS_MAX, PROFILE_LIST(bssids, n_bssids),
	  .example = "[\"02:11:22:00:00:00/28\"]",
	  .text = N_("Its access points, by BSSID or the first bits of it; absent: any.") },
	{ .name = "akm", WORDS(kb_words_akm), PROFILE(akms),
	  .example = "[wpa2-eap-sha256, wpa3-eap-192]",
	  .text = N_("Key managements that may be negotiated. A profile with this key is pinned; one without is never proven.") },
	{ .name = "cipher", WORDS(kb_words_cipher), PROFILE(pairwise),
	  .example = "[ccmp, gcmp-256]", .fallback = "[ccmp, gcmp, gcmp-256, ccmp-256]",
	  .text = N_("Ciphers that may be negotiated for the terminal's own frames.") },
	{ .name = "group-cipher", WORDS(kb_words_cipher), PROFILE(group), .example = "[ccmp]",
	  .fallback = "cipher", .text = N_("Ciphers for frames to everybody.") },
	{ .name = "group-mgmt", WORDS(kb_words_group_mgmt), PROFILE(group_mgmt),
	  .example = "[bip-cmac]", .fallback = "[bip-cmac, bip-gmac, bip-gmac-256, bip-cmac-256]",
	  .text = N_("Ciphers for management frames to everybody.") },
	{ .name = "pmf", .type = KB_TYPE_WORD, .words = kb_words_pmf, PROFILE(pmf),
	  .example = "required", .fallback = "required",
	  .text = N_("Whether management frames must be protected (802.11w).") },
	{ .name = "band", WORDS(kb_words_band), PROFILE(bands), .example = "[5, 6]",
	  .fallback = "[2.4, 5, 6]", .text = N_("Frequency bands, in GHz.") },
	{ .name = "eap", .type = KB_TYPE_WORD, .words = kb_words_eap, PROFILE(eap),
	  .example = "tls", .fallback = "what akm says",
	  .text = N_("How both sides prove who they are.") },
	{ .name = "ca", .type = KB_TYPE_FILE, .min = 2, .max = KB_FILE_MAX, PROFILE(ca),
	  .example = "/etc/kidoban/wifi/city-ca.pem",
	  .text = N_("File on the terminal with the certificate that vouches for the RADIUS server, as PEM.") },
	{ .name = "ca-sha256", .type = KB_TYPE_SHA256, PROFILE(ca_sha256),
	  .example = "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"",
	  .text = N_("SHA-256 of that file, which may then not change.") },
	{ .name = "server", .type = KB_TYPE_SERVER, .flags = KB_KEY_LIST | KB_KEY_LONG,
	  .max = KB_SERVERS_MAX, PROFILE_LIST(servers, n_servers),
	  .example = "radius.city.example",
	  .text = N_("Name in the RADIUS server's certificate.") },
	{ .name = "identity", .type = KB_TYPE_STRING, .min = 1, .max = KB_IDENTITY_MAX,
	  PROFILE(identity), .example = "host/terminal.city.example",
	  .text = N_("Who the terminal says it is; absent: host/ and its host name.") },
	{ .name = "cert", .type = KB_TYPE_FILE_OR_TOKEN, .min = 2, .max = KB_FILE_MAX,
	  PROFILE(cert), .example = "/etc/kidoban/wifi/terminal.pem",
	  .text = N_("The terminal's certificate: a file, or an object in a token.") },
	{ .name = "key", .type = KB_TYPE_FILE_OR_TOKEN, .min = 2, .max = KB_FILE_MAX, PROFILE(key),
	  .example = "/etc/kidoban/wifi/terminal.key",
	  .text = N_("Its private key; absent: with the certificate.") },
	{ .name = "priority", .type = KB_TYPE_UINT, .max = UINT8_MAX, PROFILE(priority),
	  .example = "10", .fallback = "0",
	  .text = N_("The highest of those in range is joined.") },
	{ .name = "hidden", .type = KB_TYPE_RESERVED, .text = PROBING },
	{ .name = "scan_ssid", .type = KB_TYPE_RESERVED, .text = PROBING },
	{ .name = NULL },
};
