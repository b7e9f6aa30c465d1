// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the agent's words go. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "agent/journal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <kidoban/link.h>

#include "agent/message_ids.h"
#include "agent/words.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define JOURNAL_SOCKET	"/run/systemd/journal/socket"
#define FIELDS_MAX	64

static bool to_journald;

int kb_journal_choose(const char *where)
{
	if (!strcmp(where, "auto"))
		to_journald = !access(JOURNAL_SOCKET, W_OK);
	else if (!strcmp(where, "stderr"))
		to_journald = false;
	else
		return -EINVAL;
	return 0;
}

/* systemd takes the number away again; a person in front of a screen need not see it. */
static void begin_line(int priority)
{
	if (!isatty(STDERR_FILENO))
		fprintf(stderr, "<%d>", priority);
	fputs("kidoband: ", stderr);
}

void kb_journal(int priority, const char *message_id, const char *fmt, ...)
{
	char raw[2048], text[2 * sizeof(raw)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	kb_printable(raw, text, sizeof(text));
	if (to_journald && sd_journal_send("MESSAGE=%s", text, "MESSAGE_ID=%s", message_id,
					   "PRIORITY=%d", priority, "SYSLOG_IDENTIFIER=kidoband",
					   NULL) >= 0)
		return;
	begin_line(priority);
	fprintf(stderr, "%s\n", text);
}

/* Fields of one record. Strings are owned and freed by fields_done(). */
struct fields {
	struct iovec iov[FIELDS_MAX];
	int n;
	bool failed;			/* memory was short or the table is too small */
};

static void fields_done(struct fields *fields)
{
	while (fields->n)
		free(fields->iov[--fields->n].iov_base);
}

__attribute__((format(printf, 2, 3)))
static void add(struct fields *fields, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int len;

	if (fields->n == FIELDS_MAX) {
		fields->failed = true;
		return;
	}
	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0) {
		fields->failed = true;
		return;
	}
	fields->iov[fields->n++] = (struct iovec){ text, (size_t)len };
}

static void add_string(struct fields *fields, struct kb_have have, enum kb_attr attr, const char *name,
		       const char *value)
{
	char text[4 * KB_SENTENCE_MAX + 8];

	if (!kb_has(have, attr))
		return;
	kb_printable(value, text, sizeof(text));
	add(fields, "KIDOBAN_%s=%s", name, text);
}

static const char *link_id_of(const struct kb_record *record)
{
	if (record->action == KB_ACTION_ALLOW)
		return KB_MESSAGE_LINK_ALLOWED;
	return record->mode_link == KB_GATE_AUDIT ? KB_MESSAGE_LINK_AUDITED : KB_MESSAGE_LINK_REFUSED;
}

static const char *path_id_of(const struct kb_record *record)
{
	switch (record->event) {
	case KB_EVENT_LINK:
		return link_id_of(record);
	case KB_EVENT_LINK_OVERRIDE:
		return KB_MESSAGE_LINK_OVERRIDE;
	case KB_EVENT_LINK_GONE:
		return KB_MESSAGE_LINK_GONE;
	case KB_EVENT_BYPASS:
		return KB_MESSAGE_BYPASS;
	case KB_EVENT_PACKET:
		return record->mode_path == KB_GATE_AUDIT ? KB_MESSAGE_PACKET_AUDITED :
							    KB_MESSAGE_PACKET_REFUSED;
	case KB_EVENT_LEASE:
		return record->lease ? KB_MESSAGE_LEASE_BEGAN : KB_MESSAGE_LEASE_ENDED;
	case KB_EVENT_ISOLATE:
		return record->isolated ? KB_MESSAGE_ISOLATED : KB_MESSAGE_RELEASED;
	default:
		return KB_MESSAGE_UNKNOWN;
	}
}

static const char *message_id_of(const struct kb_record *record)
{
	switch (record->event) {
	case KB_EVENT_VERDICT:
		if (record->action == KB_ACTION_ALLOW)
			return KB_MESSAGE_VERDICT_ALLOWED;
		return record->mode == KB_GATE_AUDIT ? KB_MESSAGE_VERDICT_AUDITED :
						       KB_MESSAGE_VERDICT_REFUSED;
	case KB_EVENT_OVERRIDE:
		return KB_MESSAGE_OVERRIDE;
	case KB_EVENT_GONE:
		return KB_MESSAGE_GONE;
	case KB_EVENT_TRUST:
		return KB_MESSAGE_TRUST;
	case KB_EVENT_SEALED:
		return KB_MESSAGE_SEALED;
	case KB_EVENT_POLICY:
		return record->builtin ? KB_MESSAGE_FALLBACK : KB_MESSAGE_POLICY;
	case KB_EVENT_POLICY_REFUSED:
		return KB_MESSAGE_POLICY_REFUSED;
	default:
		return path_id_of(record);
	}
}

static int priority_of(const struct kb_record *record)
{
	switch (record->event) {
	case KB_EVENT_VERDICT:
	case KB_EVENT_LINK:
		return record->action == KB_ACTION_ALLOW ? LOG_INFO : LOG_WARNING;
	case KB_EVENT_OVERRIDE:
	case KB_EVENT_LINK_OVERRIDE:
	case KB_EVENT_BYPASS:
		return LOG_ALERT;
	case KB_EVENT_PACKET:
		return LOG_WARNING;
	case KB_EVENT_LEASE:
		return record->lease ? LOG_INFO : LOG_WARNING;
	case KB_EVENT_ISOLATE:
	case KB_EVENT_POLICY_REFUSED:
		return LOG_ERR;
	case KB_EVENT_POLICY:
		return record->builtin ? LOG_WARNING : LOG_NOTICE;
	case KB_EVENT_TRUST:
	case KB_EVENT_SEALED:
		return LOG_NOTICE;
	default:
		return LOG_INFO;
	}
}

static void add_device(struct fields *fields, const struct kb_record *r)
{
	char classes[256];

	add_string(fields, r->have, KB_A_DEVICE, "DEVICE", r->device);
	if (kb_has(r->have, KB_A_INTERFACE))
		add(fields, "KIDOBAN_INTERFACE=%u", r->interface);
	if (kb_has(r->have, KB_A_CONFIGURATION))
		add(fields, "KIDOBAN_CONFIGURATION=%u", r->configuration);
	if (kb_has(r->have, KB_A_VENDOR))
		add(fields, "KIDOBAN_VENDOR=%04x", r->vendor);
	if (kb_has(r->have, KB_A_PRODUCT))
		add(fields, "KIDOBAN_PRODUCT=%04x", r->product);
	add_string(fields, r->have, KB_A_USB_SERIAL, "USB_SERIAL", r->serial);
	add_string(fields, r->have, KB_A_PORT, "PORT", r->port);
	if (kb_has(r->have, KB_A_TRIPLE))
		add(fields, "KIDOBAN_TRIPLE=%02x/%02x/%02x", r->triple[0], r->triple[1], r->triple[2]);
	if (kb_has(r->have, KB_A_CLASSES)) {
		kb_classes_text(r->classes, classes, sizeof(classes));
		add(fields, "KIDOBAN_CLASSES=%s", classes);
	}
	add_string(fields, r->have, KB_A_DRIVER, "DRIVER", r->driver);
}

static void add_mac(struct fields *fields, struct kb_have have, enum kb_attr attr, const char *name,
		    const u8 mac[6])
{
	char text[20];

	if (!kb_has(have, attr))
		return;
	kb_mac_text(mac, text, sizeof(text));
	add(fields, "KIDOBAN_%s=%s", name, text);
}

static void add_u32(struct fields *fields, struct kb_have have, enum kb_attr attr, const char *name,
		    u32 value)
{
	if (kb_has(have, attr))
		add(fields, "KIDOBAN_%s=%" PRIu32, name, value);
}

static void add_link(struct fields *fields, const struct kb_record *r)
{
	char bypass[64];

	add_string(fields, r->have, KB_A_LINK, "LINK", r->link);
	add_u32(fields, r->have, KB_A_IFINDEX, "IFINDEX", r->ifindex);
	if (kb_has(r->have, KB_A_NETNS))
		add(fields, "KIDOBAN_NETNS=%" PRIu64, r->netns);
	if (kb_has(r->have, KB_A_LINK_KIND))
		add(fields, "KIDOBAN_LINK_KIND=%s", kb_link_kind_name(r->link_kind) ?: "unknown");
	if (kb_has(r->have, KB_A_LINK_BUS))
		add(fields, "KIDOBAN_LINK_BUS=%s", kb_link_bus_name(r->link_bus) ?: "unknown");
	add_mac(fields, r->have, KB_A_MAC, "MAC", r->mac);
	add_mac(fields, r->have, KB_A_PERM_MAC, "PERM_MAC", r->perm_mac);
	if (kb_has(r->have, KB_A_BYPASS)) {
		kb_bypass_text(r->bypass, bypass, sizeof(bypass));
		add(fields, "KIDOBAN_BYPASS=%s", bypass);
	}
}

static void add_address(struct fields *fields, const struct kb_address *address, const char *name)
{
	char text[64];

	if (!address->len)
		return;
	kb_address_text(address, text, sizeof(text));
	add(fields, "KIDOBAN_%s=%s", name, text);
}

static void add_packet(struct fields *fields, const struct kb_record *r)
{
	if (kb_has(r->have, KB_A_DIRECTION))
		add(fields, "KIDOBAN_DIRECTION=%s", kb_direction_id(r->direction));
	add_address(fields, &r->src, "SRC");
	add_address(fields, &r->dst, "DST");
	add_u32(fields, r->have, KB_A_PROTO, "PROTO", r->proto);
	add_u32(fields, r->have, KB_A_SPORT, "SPORT", r->sport);
	add_u32(fields, r->have, KB_A_DPORT, "DPORT", r->dport);
	add_u32(fields, r->have, KB_A_UID, "UID", r->uid);
	add_u32(fields, r->have, KB_A_PID, "PID", r->pid);
	add_string(fields, r->have, KB_A_COMM, "COMM", r->comm);
	add_string(fields, r->have, KB_A_CGROUP, "CGROUP", r->cgroup);
	add_u32(fields, r->have, KB_A_COUNT, "COUNT", r->count);
}

static void add_context(struct fields *fields, const struct kb_record *r)
{
	char id[2 * KB_ISOLATION_LEN + 1];
	int i;

	add_u32(fields, r->have, KB_A_LEASE, "LEASE", r->lease);
	add_u32(fields, r->have, KB_A_ZONE, "ZONE", r->zone);
	add_u32(fields, r->have, KB_A_ISOLATED, "ISOLATED", r->isolated);
	for (i = 0; i < KB_ISOLATION_LEN; i++)
		snprintf(id + 2 * i, 3, "%02x", r->isolation[i]);
	if (kb_has(r->have, KB_A_ISOLATION))
		add(fields, "KIDOBAN_ISOLATION=%s", id);
}

/* Of the gate that the event is about. */
static void add_mode(struct fields *fields, const struct kb_record *r)
{
	if (kb_has(r->have, KB_A_MODE_MEDIA))
		add(fields, "KIDOBAN_MODE=%s", kb_mode_id(r->mode));
	else if (kb_has(r->have, KB_A_MODE_LINK))
		add(fields, "KIDOBAN_MODE=%s", kb_mode_id(r->mode_link));
	else if (kb_has(r->have, KB_A_MODE_PATH))
		add(fields, "KIDOBAN_MODE=%s", kb_mode_id(r->mode_path));
}

static void add_verdict(struct fields *fields, const struct kb_record *r)
{
	if (kb_has(r->have, KB_A_ACTION) || r->event == KB_EVENT_PACKET)
		add(fields, "KIDOBAN_ACTION=%s", kb_action_id(r->action));
	if (kb_has(r->have, KB_A_REASON))
		add(fields, "KIDOBAN_REASON=%s", kb_reason_id(r->reason));
	add_mode(fields, r);
	if (kb_has(r->have, KB_A_RULE))
		add(fields, "KIDOBAN_RULE=%" PRIu32, r->rule);
	if (kb_has(r->have, KB_A_LINE))
		add(fields, "KIDOBAN_LINE=%" PRIu32, r->line);
	add_string(fields, r->have, KB_A_LABEL, "LABEL", r->label);
	add_string(fields, r->have, KB_A_NAME, "NAME", r->name);
	add_string(fields, r->have, KB_A_TELL, "TELL", r->tell);
	if (kb_has(r->have, KB_A_ERRNO))
		add(fields, "KIDOBAN_ERRNO=%" PRIu32, r->errno_);
	add_string(fields, r->have, KB_A_TEXT, "TEXT", r->text);
	if (kb_has(r->have, KB_A_SERIAL_NO))
		add(fields, "KIDOBAN_POLICY=%" PRIu32 ".%" PRIu32, r->policy_epoch, r->policy_serial);
	if (r->builtin)
		add(fields, "KIDOBAN_BUILTIN=1");
}

/* Priority and identifier stay out: on stderr the line's head says them. */
static int send_stderr(int priority, const struct fields *fields)
{
	int i;

	begin_line(priority);
	fputs((const char *)fields->iov[0].iov_base + strlen("MESSAGE="), stderr);
	for (i = 4; i < fields->n; i++)
		fprintf(stderr, "%s%s", i == 4 ? " [" : " ", (const char *)fields->iov[i].iov_base);
	fputs(fields->n > 4 ? "]\n" : "\n", stderr);
	return 0;
}

static int send_fields(int priority, struct fields *fields)
{
	if (fields->failed)
		return -ENOMEM;
	if (to_journald)
		return sd_journal_sendv(fields->iov, fields->n);
	return send_stderr(priority, fields);
}

static void start(struct fields *fields, const char *text, const char *message_id, int priority)
{
	add(fields, "MESSAGE=%s", text);
	add(fields, "MESSAGE_ID=%s", message_id);
	add(fields, "PRIORITY=%d", priority);
	add(fields, "SYSLOG_IDENTIFIER=kidoband");
}

int kb_journal_record(const struct kb_record *record)
{
	KB_CLEANUP(fields_done) struct fields fields = {};
	int priority = priority_of(record);
	char text[2048];

	kb_event_text(record, text, sizeof(text));
	start(&fields, text, message_id_of(record), priority);
	add(&fields, "KIDOBAN_EVENT=%s", kb_event_id(record->event));
	add(&fields, "KIDOBAN_SEQ=%" PRIu64, record->seq);
	add(&fields, "KIDOBAN_BOOTTIME_USEC=%" PRIu64, record->boottime / 1000);
	add_device(&fields, record);
	add_link(&fields, record);
	add_packet(&fields, record);
	add_context(&fields, record);
	add_verdict(&fields, record);
	return send_fields(priority, &fields);
}

int kb_journal_lost(u64 first, u64 last)
{
	KB_CLEANUP(fields_done) struct fields fields = {};
	char text[256];

	snprintf(text, sizeof(text), _("%llu events were lost before they reached the journal"),
		 (unsigned long long)(last - first + 1));
	start(&fields, text, KB_MESSAGE_EVENTS_LOST, LOG_WARNING);
	add(&fields, "KIDOBAN_LOST_FIRST=%" PRIu64, first);
	add(&fields, "KIDOBAN_LOST_LAST=%" PRIu64, last);
	return send_fields(LOG_WARNING, &fields);
}

void kb_journal_fields(int priority, const char *message_id, const struct kb_journal_field *given,
		       size_t n, const char *fmt, ...)
{
	KB_CLEANUP(fields_done) struct fields fields = {};
	char raw[2048], text[2 * sizeof(raw)];
	va_list ap;
	size_t i;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	kb_printable(raw, text, sizeof(text));
	start(&fields, text, message_id, priority);
	for (i = 0; i < n; i++) {
		if (!given[i].value)
			continue;
		kb_printable(given[i].value, raw, sizeof(raw));
		add(&fields, "KIDOBAN_%s=%s", given[i].name, raw);
	}
	/* without memory for fields the words alone must do */
	if (send_fields(priority, &fields) < 0) {
		begin_line(priority);
		fprintf(stderr, "%s\n", text);
	}
}
