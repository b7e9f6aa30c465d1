// SPDX-License-Identifier: GPL-2.0-or-later
/* What happened on the air: journal, and a bounded file. */
#include "agent/wifi/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>

#include "agent/journal.h"
#include "agent/json.h"
#include "agent/message_ids.h"
#include "agent/wifi/proof.h"
#include "agent/words.h"
#include "policy/cleanup.h"
#include "policy/document.h"
#include "policy/file.h"
#include "policy/i18n.h"

struct kb_history {
	char *path, *old;		/* owned; NULL: nothing is written */
	bool complained;
};

static const struct {
	const char *name, *label, *message_id;
} kinds[KB_HISTORY_MAX_KIND] = {
	[KB_HISTORY_JOINED] = { "joined", N_("joined"), KB_MESSAGE_WIFI_HISTORY },
	[KB_HISTORY_ROAMED] = { "roamed", N_("roamed"), KB_MESSAGE_WIFI_HISTORY },
	[KB_HISTORY_LEFT] = { "left", N_("left"), KB_MESSAGE_WIFI_HISTORY },
	[KB_HISTORY_PROVEN] = { "proven", N_("proven"), KB_MESSAGE_WIFI_PROVEN },
	[KB_HISTORY_REFUSED] = { "refused", N_("refused"), KB_MESSAGE_WIFI_REFUSED },
	[KB_HISTORY_FENCED] = { "fenced", N_("made to leave"), KB_MESSAGE_WIFI_REFUSED },
	[KB_HISTORY_SUSPECT] = { "suspect", N_("suspect"), KB_MESSAGE_WIFI_SUSPECT },
	[KB_HISTORY_ATTACK] = { "attack", N_("forged frames"), KB_MESSAGE_WIFI_SUSPECT },
	[KB_HISTORY_CHANNEL] = { "channel", N_("channel"), KB_MESSAGE_WIFI_HISTORY },
	[KB_HISTORY_SIGNAL] = { "signal", N_("signal"), KB_MESSAGE_WIFI_HISTORY },
	[KB_HISTORY_DEVICE] = { "device", N_("device"), KB_MESSAGE_WIFI_MODE },
};

const char *kb_history_name(enum kb_history_kind kind)
{
	return (unsigned int)kind < KB_HISTORY_MAX_KIND ? kinds[kind].name : NULL;
}

const char *kb_history_label(enum kb_history_kind kind)
{
	return (unsigned int)kind < KB_HISTORY_MAX_KIND ? kinds[kind].label : NULL;
}

/* IEEE 802.11-2020, table 9-49; those that stations see. */
void kb_reason_80211_text(u16 reason, char *ret, size_t size)
{
	static const char *const texts[] = {
		[1] = "unspecified",
		[2] = "authentication no longer valid",
		[3] = "deauthenticated, leaving",
		[4] = "inactivity",
		[5] = "no more stations",
		[6] = "class 2 frame",
		[7] = "class 3 frame",
		[8] = "disassociated, leaving",
		[9] = "not authenticated",
		[13] = "invalid element",
		[14] = "MIC failure",
		[15] = "4-way handshake timeout",
		[16] = "group key handshake timeout",
		[17] = "handshake element mismatch",
		[18] = "invalid group cipher",
		[19] = "invalid pairwise cipher",
		[20] = "invalid AKM",
		[23] = "802.1X authentication failed",
		[24] = "cipher out of policy",
		[34] = "too many frames lost",
		[45] = "peer key mismatch",
	};
	const char *text = reason < ARRAY_SIZE(texts) ? texts[reason] : NULL;

	snprintf(ret, size, text ? "%s (%u)" : "%s%u", text ?: "", reason);
}

int kb_history_open(const char *state_dir, struct kb_history **ret)
{
	struct kb_history *history = calloc(1, sizeof(*history));

	if (!history)
		return -ENOMEM;
	if (state_dir) {
		history->path = kb_path_join(state_dir, KB_HISTORY_FILE);
		history->old = kb_path_join(state_dir, KB_HISTORY_OLD);
		if (!history->path || !history->old) {
			kb_history_close(history);
			return -ENOMEM;
		}
	}
	*ret = history;
	return 0;
}

void kb_history_close(struct kb_history *history)
{
	if (!history)
		return;
	free(history->path);
	free(history->old);
	free(history);
}

/* --- Writing */

static void hex_text(const u8 *bytes, size_t n, char *ret)
{
	size_t i;

	for (i = 0; i < n; i++)
		sprintf(ret + 2 * i, "%02x", bytes[i]);
	ret[2 * n] = '\0';
}

static bool has_bssid(const struct kb_history_entry *entry)
{
	static const u8 none[6];

	return memcmp(entry->bssid, none, sizeof(none)) != 0;
}

/* Only what a reader takes back: text without control characters. */
static void put_text(struct kb_json *out, const char *key, const char *text)
{
	char shown[1024];

	if (!text || !*text)
		return;
	kb_printable(text, shown, sizeof(shown));
	kb_json_text(out, key, shown);
}

static void put_entry(FILE *file, const struct kb_history_entry *entry)
{
	char text[KB_SSID_MAX * 4 + 1], hex[2 * KB_SSID_MAX + 1];
	struct kb_json out = { .out = file, .lines = true };

	kb_json_open(&out, NULL, '{');
	kb_json_uint(&out, "time", entry->seconds);
	kb_json_text(&out, "event", kinds[entry->kind].name);
	put_text(&out, "link", entry->link);
	if (entry->ssid_len) {
		kb_ssid_text(entry->ssid, entry->ssid_len, text, sizeof(text));
		put_text(&out, "ssid", text);
		hex_text(entry->ssid, entry->ssid_len, hex);
		kb_json_text(&out, "ssid_hex", hex);
	}
	kb_mac_text(entry->bssid, text, sizeof(text));
	if (has_bssid(entry))
		kb_json_text(&out, "bssid", text);
	if (entry->frequency)
		kb_json_uint(&out, "frequency", entry->frequency);
	if (entry->signal)
		kb_json_int(&out, "signal", entry->signal);
	if (entry->has_reason) {
		kb_json_uint(&out, "reason", entry->reason);
		kb_json_bool(&out, "by_ap", entry->by_ap);
	}
	put_text(&out, "profile", entry->profile);
	put_text(&out, "items", entry->items);
	put_text(&out, "detail", entry->detail);
	kb_json_close(&out, '}');
}

/* A line is written whole or, after a crash, torn; readers leave that one out. */
static int append(struct kb_history *history, const char *line, size_t len)
{
	KB_CLOSE int fd =
		open(history->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return -EINVAL;
	if ((size_t)st.st_size + len > KB_HISTORY_MAX) {
		if (rename(history->path, history->old))
			return -errno;
		close(fd);
		fd = open(history->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			  0600);
		if (fd < 0)
			return -errno;
	}
	return write(fd, line, len) == (ssize_t)len ? 0 : -errno ?: -EIO;
}

static void keep(struct kb_history *history, const struct kb_history_entry *entry)
{
	KB_FREE char *line = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&line, &len);
	int r = -ENOMEM;

	if (file) {
		put_entry(file, entry);
		r = fclose(file) ? -ENOMEM : len > KB_HISTORY_LINE_MAX ? -E2BIG : 0;
	}
	if (!r)
		r = append(history, line, len);
	if (r && !history->complained)
		kb_journal(LOG_WARNING, KB_MESSAGE_AGENT_TROUBLE, _("cannot write %s: %s"),
			   history->path, strerror(-r));
	history->complained = r != 0;
}

/* --- To the journal */

static void sentence(const struct kb_history_entry *e, char *ret, size_t size)
{
	char ssid[4 * KB_SSID_MAX + 1], bssid[20], reason[64];
	const char *detail = e->detail ?: "";

	kb_ssid_text(e->ssid, e->ssid_len, ssid, sizeof(ssid));
	kb_mac_text(e->bssid, bssid, sizeof(bssid));
	kb_reason_80211_text(e->reason, reason, sizeof(reason));
	switch (e->kind) {
	case KB_HISTORY_JOINED:
		snprintf(ret, size, _("%s joined \"%s\" (%s), %d dBm"), e->link, ssid, bssid,
			 e->signal);
		break;
	case KB_HISTORY_ROAMED:
		snprintf(ret, size, _("%s roamed to %s of \"%s\", %d dBm"), e->link, bssid, ssid,
			 e->signal);
		break;
	case KB_HISTORY_LEFT:
		if (!e->has_reason) {
			snprintf(ret, size, _("%s left \"%s\" (%s)"), e->link, ssid, bssid);
			break;
		}
		snprintf(ret, size,
			 e->by_ap ? _("%s was made to leave \"%s\" (%s) by the access point: %s")
				  : _("%s left \"%s\" (%s): %s"),
			 e->link, ssid, bssid, reason);
		break;
	case KB_HISTORY_PROVEN:
		snprintf(ret, size, _("%s: \"%s\" (%s) is proven to be profile %s"), e->link, ssid,
			 bssid, e->profile ?: "");
		break;
	case KB_HISTORY_REFUSED:
		snprintf(ret, size, _("%s: \"%s\" (%s) matches no profile: %s"), e->link, ssid,
			 bssid, detail);
		break;
	case KB_HISTORY_CHANNEL:
		snprintf(ret, size, _("%s: %s moved to %u MHz"), e->link, bssid, e->frequency);
		break;
	case KB_HISTORY_SIGNAL:
		snprintf(ret, size, _("%s: signal of %s is %d dBm"), e->link, bssid, e->signal);
		break;
	case KB_HISTORY_SUSPECT:
		snprintf(ret, size, _("access point %s (\"%s\") is suspect: %s"), bssid, ssid,
			 detail);
		break;
	default:
		snprintf(ret, size, "%s: %s", e->link ?: "", detail);
		break;
	}
}

static void tell(const struct kb_history_entry *e)
{
	char text[1024], ssid[4 * KB_SSID_MAX + 1], bssid[20], frequency[12], signal[12], reason[8];
	const struct kb_journal_field fields[] = {
		{ "EVENT", "wifi" },
		{ "WIFI", kinds[e->kind].name },
		{ "LINK", e->link },
		{ "SSID", e->ssid_len ? ssid : NULL },
		{ "BSSID", has_bssid(e) ? bssid : NULL },
		{ "FREQUENCY", e->frequency ? frequency : NULL },
		{ "SIGNAL", e->signal ? signal : NULL },
		{ "REASON_CODE", e->has_reason ? reason : NULL },
		{ "PROFILE", e->profile },
		{ "DIFFERENCES", e->items },
		{ "DETAIL", e->detail },
	};

	kb_ssid_text(e->ssid, e->ssid_len, ssid, sizeof(ssid));
	kb_mac_text(e->bssid, bssid, sizeof(bssid));
	snprintf(frequency, sizeof(frequency), "%u", e->frequency);
	snprintf(signal, sizeof(signal), "%d", e->signal);
	snprintf(reason, sizeof(reason), "%u", e->reason);
	sentence(e, text, sizeof(text));
	kb_journal_fields(e->priority, kinds[e->kind].message_id, fields, ARRAY_SIZE(fields), "%s",
			  text);
}

void kb_history_add(struct kb_history *history, const struct kb_history_entry *entry)
{
	struct kb_history_entry stamped = *entry;

	if (!stamped.seconds)
		stamped.seconds = (u64)time(NULL);
	if (!stamped.priority)
		stamped.priority = LOG_INFO;
	tell(&stamped);
	if (history && history->path)
		keep(history, &stamped);
}
