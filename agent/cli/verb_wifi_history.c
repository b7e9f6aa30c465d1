// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban wifi history: what happened on the air, out of the agent's own file (W3). */
#include "agent/cli/verb_wifi.h"
#include "agent/json.h"
#include "agent/paths.h"
#include "agent/wifi/history.h"
#include "agent/wifi/proof.h"
#include "agent/words.h"

struct reader {
	bool json;
};

static void json_entry(const struct kb_history_entry *e)
{
	struct kb_json out = { .out = stdout, .lines = true };
	char text[4 * KB_SSID_MAX + 1], when[32];

	kb_date_json(e->seconds, when, sizeof(when));
	kb_json_open(&out, NULL, '{');
	kb_json_text(&out, "time", when);
	kb_json_text(&out, "event", kb_history_name(e->kind));
	kb_json_text(&out, "link", e->link);
	kb_ssid_text(e->ssid, e->ssid_len, text, sizeof(text));
	kb_json_text(&out, "ssid", e->ssid_len ? text : NULL);
	kb_mac_text(e->bssid, text, sizeof(text));
	kb_json_text(&out, "bssid", text);
	kb_json_uint(&out, "frequency", e->frequency);
	kb_json_int(&out, "signal", e->signal);
	if (e->has_reason) {
		kb_json_uint(&out, "reason", e->reason);
		kb_json_bool(&out, "by_ap", e->by_ap);
	}
	kb_json_text(&out, "profile", e->profile);
	kb_json_text(&out, "items", e->items);
	kb_json_text(&out, "detail", e->detail);
	kb_json_close(&out, '}');
}

static void print_entry(const struct kb_history_entry *e)
{
	char ssid[4 * KB_SSID_MAX + 1], bssid[20], reason[64], when[64], shown[1024];

	kb_date_text(e->seconds, when, sizeof(when));
	kb_ssid_text(e->ssid, e->ssid_len, ssid, sizeof(ssid));
	kb_mac_text(e->bssid, bssid, sizeof(bssid));
	printf("%s  %s", when, _(kb_history_label(e->kind)));
	kb_printable(e->link ?: "", shown, sizeof(shown));
	printf("  %s", *shown ? shown : "-");
	if (e->ssid_len)
		printf("  \"%s\"  %s", ssid, bssid);
	if (e->signal)
		printf("  %d dBm", e->signal);
	if (e->has_reason) {
		kb_reason_80211_text(e->reason, reason, sizeof(reason));
		printf("  %s%s", reason, e->by_ap ? _(", by the access point") : "");
	}
	if (e->profile) {
		kb_printable(e->profile, shown, sizeof(shown));
		printf("  %s", shown);
	}
	if (e->detail) {
		kb_printable(e->detail, shown, sizeof(shown));
		printf("  %s", shown);
	}
	putchar('\n');
}

static int on_entry(const struct kb_history_entry *entry, void *userdata)
{
	const struct reader *reader = userdata;

	if (reader->json)
		json_entry(entry);
	else
		print_entry(entry);
	return ferror(stdout) ? -EPIPE : 0;
}

static int show(const char *state_dir, uint64_t since, struct reader *reader)
{
	unsigned int torn = 0;
	int r = kb_history_read(state_dir, since, on_entry, reader, &torn);

	if (r == -ENOENT)
		return kb_complain(KB_EXIT_ABSENT, _("nothing was written to %s/%s yet"), state_dir,
				   KB_HISTORY_FILE);
	if (r && r != -EPIPE)
		return kb_complain(kb_exit_code(r), "%s/%s: %s", state_dir, KB_HISTORY_FILE,
				   strerror(-r));
	if (torn)
		kb_complain(0, _("%u lines cannot be read and are left out"), torn);
	return KB_EXIT_OK;
}

int kb_wifi_history(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "since", required_argument, NULL, 's' },
		{ "state", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{}
	};
	const char *state_dir = KB_STATE_DIR;
	struct reader reader = {};
	uint64_t since = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == '?')
			return kb_usage("wifi", kb_wifi_verbs, "history");
		if (c == 's' && kb_parse_since(optarg, &since))
			return kb_complain(KB_EXIT_USAGE,
					   _("--since takes a time like 10m, 2h, 3d, or a date"));
		if (c == 'd')
			state_dir = optarg;
		reader.json |= c == 'j';
	}
	if (optind != argc)
		return kb_usage("wifi", kb_wifi_verbs, "history");
	return show(state_dir, since, &reader);
}
