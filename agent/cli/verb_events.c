// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban events: what the kernel reported, and goes on reporting. */
#include <poll.h>
#include <time.h>

#include <kidoban/link.h>

#include "agent/cli/common.h"
#include "agent/family.h"
#include "agent/json.h"
#include "agent/words.h"

struct viewer {
	u64 first;			/* smallest wanted number */
	u64 since;			/* smallest wanted time, microseconds since 1970 */
	u64 last;			/* newest number shown or passed over */
	bool json, follow;
};

static void json_device(struct kb_json *out, const struct kb_record *r)
{
	char ids[16], classes[256];

	if (!kb_has(r->have, KB_A_DEVICE))
		return;
	kb_ids_text(r, ids, sizeof(ids));
	kb_classes_text(r->classes, classes, sizeof(classes));
	kb_json_text(out, "device", r->device);
	kb_json_uint(out, "interface", r->interface);
	kb_json_text(out, "id", ids);
	kb_json_text(out, "serial", kb_has(r->have, KB_A_USB_SERIAL) ? r->serial : NULL);
	kb_json_text(out, "port", r->port);
	kb_json_text(out, "classes", classes);
}

static void json_link(struct kb_json *out, const struct kb_record *r)
{
	char mac[20], bypass[64];

	if (!kb_has(r->have, KB_A_LINK))
		return;
	kb_json_text(out, "link", r->link);
	if (kb_has(r->have, KB_A_LINK_KIND))
		kb_json_text(out, "kind", kb_link_kind_name(r->link_kind) ?: "unknown");
	if (kb_has(r->have, KB_A_LINK_BUS))
		kb_json_text(out, "bus", kb_link_bus_name(r->link_bus) ?: "unknown");
	kb_mac_text(r->mac, mac, sizeof(mac));
	if (kb_has(r->have, KB_A_MAC))
		kb_json_text(out, "mac", mac);
	kb_bypass_text(r->bypass, bypass, sizeof(bypass));
	if (kb_has(r->have, KB_A_BYPASS))
		kb_json_text(out, "bypass", bypass);
}

static void json_packet(struct kb_json *out, const struct kb_record *r)
{
	char src[64], dst[64], service[32];

	if (!kb_has(r->have, KB_A_FAMILY))
		return;
	kb_address_text(&r->src, src, sizeof(src));
	kb_address_text(&r->dst, dst, sizeof(dst));
	kb_service_text(r->proto, r->dport, service, sizeof(service));
	kb_json_text(out, "direction", kb_direction_id(r->direction));
	kb_json_text(out, "src", src);
	kb_json_text(out, "dst", dst);
	kb_json_uint(out, "proto", r->proto);
	kb_json_uint(out, "sport", r->sport);
	kb_json_uint(out, "dport", r->dport);
	kb_json_text(out, "service", service);
	if (kb_has(r->have, KB_A_UID))
		kb_json_uint(out, "uid", r->uid);
	if (kb_has(r->have, KB_A_PID))
		kb_json_uint(out, "pid", r->pid);
	kb_json_text(out, "comm", kb_has(r->have, KB_A_COMM) ? r->comm : NULL);
	kb_json_text(out, "cgroup", kb_has(r->have, KB_A_CGROUP) ? r->cgroup : NULL);
}

static void json_context(struct kb_json *out, const struct kb_record *r)
{
	char id[2 * KB_ISOLATION_LEN + 1];

	if (kb_has(r->have, KB_A_COUNT))
		kb_json_uint(out, "count", r->count);
	if (kb_has(r->have, KB_A_LEASE))
		kb_json_bool(out, "lease", r->lease);
	if (kb_has(r->have, KB_A_ZONE))
		kb_json_uint(out, "zone", r->zone);
	if (kb_has(r->have, KB_A_ISOLATED))
		kb_json_bool(out, "isolated", r->isolated);
	kb_hex(r->isolation, KB_ISOLATION_LEN, id);
	if (kb_has(r->have, KB_A_ISOLATION))
		kb_json_text(out, "isolation", id);
}

static void json_mode(struct kb_json *out, const struct kb_record *r)
{
	if (kb_has(r->have, KB_A_MODE_MEDIA))
		kb_json_text(out, "mode", kb_mode_id(r->mode));
	else if (kb_has(r->have, KB_A_MODE_LINK))
		kb_json_text(out, "mode", kb_mode_id(r->mode_link));
	else if (kb_has(r->have, KB_A_MODE_PATH))
		kb_json_text(out, "mode", kb_mode_id(r->mode_path));
}

static void json_verdict(struct kb_json *out, const struct kb_record *r)
{
	if (kb_has(r->have, KB_A_ACTION) || r->event == KB_EVENT_PACKET)
		kb_json_text(out, "action", kb_action_id(r->action));
	json_mode(out, r);
	if (kb_has(r->have, KB_A_REASON))
		kb_json_text(out, "reason", kb_reason_id(r->reason));
	if (kb_has(r->have, KB_A_LINE))
		kb_json_uint(out, "line", r->line);
	if (kb_has(r->have, KB_A_LABEL))
		kb_json_text(out, "label", r->label);
	if (kb_has(r->have, KB_A_NAME))
		kb_json_text(out, "name", r->name);
	if (kb_has(r->have, KB_A_TELL))
		kb_json_text(out, "tell", r->tell);
	if (kb_has(r->have, KB_A_DRIVER))
		kb_json_text(out, "driver", r->driver);
}

static void print_json(const struct kb_record *r, const char *when)
{
	struct kb_json out = { .out = stdout, .lines = true };
	char text[2048];

	kb_event_text(r, text, sizeof(text));
	kb_json_open(&out, NULL, '{');
	kb_json_uint(&out, "seq", r->seq);
	kb_json_text(&out, "time", when);
	kb_json_text(&out, "event", kb_event_id(r->event));
	kb_json_text(&out, "text", text);
	json_device(&out, r);
	json_link(&out, r);
	json_packet(&out, r);
	json_context(&out, r);
	json_verdict(&out, r);
	if (kb_has(r->have, KB_A_SERIAL_NO)) {
		kb_json_uint(&out, "epoch", r->policy_epoch);
		kb_json_uint(&out, "policy_serial", r->policy_serial);
	}
	if (kb_has(r->have, KB_A_ERRNO))
		kb_json_text(&out, "errno", strerrorname_np((int)r->errno_));
	if (kb_has(r->have, KB_A_TEXT))
		kb_json_text(&out, "error", r->text);
	kb_json_close(&out, '}');
}

static void print_text(const struct kb_record *r, u64 when)
{
	time_t seconds = (time_t)(when / 1000000);
	char date[32] = "?", text[2048];
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%m-%d %H:%M:%S", &tm);
	kb_event_text(r, text, sizeof(text));
	printf("%6llu  %s.%03u  %s\n", (unsigned long long)r->seq, date,
	       (unsigned int)(when / 1000 % 1000), text);
}

static int on_record(const struct kb_record *record, void *userdata)
{
	struct viewer *v = userdata;
	char date[64];
	u64 when;

	/* what was dumped may arrive once more by multicast */
	if (record->seq <= v->last)
		return 0;
	v->last = record->seq;
	when = kb_boottime_to_realtime(record->boottime);
	if (record->seq < v->first || when < v->since)
		return 0;
	kb_date_json(when / 1000000, date, sizeof(date));
	if (v->json)
		print_json(record, date);
	else
		print_text(record, when);
	return ferror(stdout) ? -EPIPE : 0;
}

KB_DEFINE_CLEANUP(struct kb_family_watch *, kb_family_watch_close)

/* A module that goes says nothing on the events' socket: silence must not look like quiet. */
static bool module_went(struct kb_family_watch *family)
{
	bool came, gone;

	return !kb_family_watch_read(family, &came, &gone) && gone;
}

static int follow(struct kb_wire *wire, struct kb_wire *events, struct kb_family_watch *family,
		  struct viewer *v)
{
	struct pollfd fds[] = { { .fd = kb_wire_fd(events), .events = POLLIN },
				{ .fd = kb_family_watch_fd(family), .events = POLLIN } };
	struct kb_fault why = {};
	int r;

	for (;;) {
		fflush(stdout);
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return kb_complain(KB_EXIT_REFUSED, "%s", strerror(errno));
		if (module_went(family))
			return kb_complain(KB_EXIT_ABSENT, _("the kernel module was unloaded"));
		r = kb_wire_receive(events, on_record, v, &why);
		if (r == -ENOBUFS)
			r = kb_wire_events(wire, v->last + 1, on_record, v, &why);
		if (r)
			return r == -EPIPE ? 0 : kb_complain(kb_exit_code(r), "%s", why.text);
	}
}

static int show(struct viewer *v)
{
	KB_CLEANUP(kb_family_watch_close_p) struct kb_family_watch *family = NULL;
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL, *events = NULL;
	struct kb_fault why = {};
	int r = 0;

	if (v->follow)
		r = kb_family_watch_open(KB_GENL_NAME, &family, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	r = kb_open_module(&wire);
	if (r)
		return r;
	if (v->follow) {
		/* joined first, so that nothing falls between the two */
		r = kb_open_module(&events);
		if (r)
			return r;
		r = kb_wire_subscribe(events, &why);
	}
	if (!r)
		r = kb_wire_events(wire, v->first, on_record, v, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	return v->follow ? follow(wire, events, family, v) : KB_EXIT_OK;
}

/* "120" is a number, "10m" and "2h" are back from now, else a date as in policies. */
static int parse_since(const char *text, struct viewer *v)
{
	unsigned long long value;
	uint64_t seconds;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (!errno && end != text && !*end && *text != '-') {
		v->first = value;
		return 0;
	}
	if (kb_parse_since(text, &seconds))
		return -EINVAL;
	v->since = seconds * 1000000;
	return 0;
}

int kb_verb_events(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "follow", no_argument, NULL, 'f' },
		{ "since", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{}
	};
	struct viewer v = { .first = 1 };
	int c;

	while ((c = getopt_long(argc, argv, "f", longs, NULL)) != -1) {
		if (c == '?')
			return kb_usage("", kb_verbs, "events");
		if (c == 's' && parse_since(optarg, &v))
			return kb_complain(KB_EXIT_USAGE,
					   _("--since takes an event's number, a time like 10m, 2h, 3d, or a date"));
		v.follow |= c == 'f';
		v.json |= c == 'j';
	}
	if (optind != argc)
		return kb_usage("", kb_verbs, "events");
	return show(&v);
}
