// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers of the kernel's interface as words. */
#include "agent/words.h"

#include <kidoban/usb.h>

#include "agent/refusal.h"
#include "policy/i18n.h"
#include "policy/reason.h"
#include "policy/utf8.h"

struct word {
	const char *id, *text;
};

static const struct word modes[KB_GATE_MODE_MAX] = {
	[KB_GATE_OFF] = { "off", N_("off") },
	[KB_GATE_AUDIT] = { "audit", N_("audit (reports only)") },
	[KB_GATE_ENFORCE] = { "enforce", N_("enforce") },
};

static const char *const reasons[] = {
	[KB_REASON_NONE] = N_("no policy in force, or the gate is off"),
	[KB_REASON_RULE] = N_("a rule matched"),
	[KB_REASON_DEFAULT] = N_("no rule matched"),
	[KB_REASON_HAZARD] = N_("no rule names it, and it stores or networks"),
	[KB_REASON_HUB] = N_("a hub that no rule refuses"),
	[KB_REASON_COMPLEX] = N_("the device shows more than can be judged"),
	[KB_REASON_DRIVER] = N_("a driver that stores or networks reached for it"),
	[KB_REASON_LOOPBACK] = N_("loopback is always allowed"),
	[KB_REASON_ADDRESS] = N_("its MAC address is not its own"),
	[KB_REASON_BYPASS] = N_("it carries what passes by the path gate"),
	[KB_REASON_PROTECTED] = N_("a protected network, and no path leads there"),
	[KB_REASON_SERVICE] = N_("the path is for other services"),
	[KB_REASON_LEASE] = N_("the agent's lease has run out"),
	[KB_REASON_ZONE] = N_("the path is not for this place"),
	[KB_REASON_HOURS] = N_("the path is not open at this hour"),
	[KB_REASON_WRONG_LINK] = N_("the path leads over another link"),
	[KB_REASON_NEXT_HOP] = N_("the path leads through another next hop"),
	[KB_REASON_USER] = N_("the path is for another user or group"),
	[KB_REASON_CGROUP] = N_("the path is for another program"),
	[KB_REASON_PEER] = N_("a device on the own segment"),
	[KB_REASON_OTHER] = N_("no path leads there"),
	[KB_REASON_INBOUND] = N_("the connection was begun elsewhere"),
	[KB_REASON_FORWARD] = N_("a terminal forwards nothing"),
	[KB_REASON_DISCOVERY] = N_("multicast or broadcast"),
	[KB_REASON_TUNNEL] = N_("a tunnel that no rule names"),
	[KB_REASON_FRAGMENT] = N_("a fragment, where ports count"),
	[KB_REASON_MALFORMED] = N_("the packet is malformed or has forbidden options"),
	[KB_REASON_EMBEDDED] = N_("an IPv4 address in disguise"),
	[KB_REASON_LINK_CLOSED] = N_("the link is closed"),
	[KB_REASON_ISOLATED] = N_("this terminal is isolated"),
	[KB_REASON_NEIGHBOUR] = N_("neighbours must find each other"),
	[KB_REASON_DHCP] = N_("address configuration is allowed"),
	[KB_REASON_REPLY] = N_("an answer to what was allowed"),
	[KB_REASON_FRAME] = N_("neither IP nor ARP"),
};

static_assert(ARRAY_SIZE(reasons) == KB_REASON_MAX, "every reason has a text");

static const char *const actions[KB_ACTION_MAX] = {
	[KB_ACTION_REFUSE] = "refuse",
	[KB_ACTION_ALLOW] = "allow",
};

static const char *const events[KB_EVENT_MAX] = {
	[KB_EVENT_VERDICT] = "verdict",
	[KB_EVENT_OVERRIDE] = "override",
	[KB_EVENT_GONE] = "gone",
	[KB_EVENT_TRUST] = "trust",
	[KB_EVENT_SEALED] = "sealed",
	[KB_EVENT_POLICY] = "policy",
	[KB_EVENT_POLICY_REFUSED] = "policy-refused",
	[KB_EVENT_LINK] = "link",
	[KB_EVENT_LINK_OVERRIDE] = "link-override",
	[KB_EVENT_LINK_GONE] = "link-gone",
	[KB_EVENT_BYPASS] = "bypass",
	[KB_EVENT_PACKET] = "packet",
	[KB_EVENT_LEASE] = "lease",
	[KB_EVENT_ISOLATE] = "isolate",
};

static const char *const path_kinds[KB_PATH_KIND_MAX] = {
	[KB_PATH_PATH] = "path",
	[KB_PATH_ESSENTIAL] = "essential",
	[KB_PATH_COLLECTOR] = "collector",
	[KB_PATH_PEER] = "peer",
	[KB_PATH_INBOUND] = "inbound",
	[KB_PATH_DISCOVERY] = "discovery",
	[KB_PATH_TUNNEL] = "tunnel",
};

static const char *const directions[KB_DIRECTION_MAX] = {
	[KB_DIRECTION_OUT] = "out",
	[KB_DIRECTION_IN] = "in",
	[KB_DIRECTION_FORWARD] = "forward",
};

const char *kb_mode_id(unsigned int mode)
{
	return mode < KB_GATE_MODE_MAX ? modes[mode].id : "unknown";
}

const char *kb_mode_text(unsigned int mode)
{
	return mode < KB_GATE_MODE_MAX ? _(modes[mode].text) : _("unknown");
}

const char *kb_action_id(unsigned int action)
{
	return action < KB_ACTION_MAX ? actions[action] : "unknown";
}

const char *kb_reason_id(unsigned int reason)
{
	return kb_reason_name(reason);
}

const char *kb_reason_text(unsigned int reason)
{
	return reason < KB_REASON_MAX ? _(reasons[reason]) : _("unknown");
}

const char *kb_event_id(unsigned int event)
{
	return event < KB_EVENT_MAX && events[event] ? events[event] : "unknown";
}

const char *kb_path_kind_id(unsigned int kind)
{
	return kind < KB_PATH_KIND_MAX ? path_kinds[kind] : "unknown";
}

const char *kb_direction_id(unsigned int direction)
{
	return direction < KB_DIRECTION_MAX ? directions[direction] : "unknown";
}

void kb_classes_text(u32 classes, char *ret, size_t size)
{
	const char *name;
	size_t used = 0;
	int i;

	snprintf(ret, size, "-");
	for (i = 0; i < KB_CLASS_MAX && used < size; i++) {
		name = classes & KB_CLASS_BIT(i) ? kb_class_name(i) : NULL;
		if (name)
			used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? "," : "", name);
	}
}

void kb_ids_text(const struct kb_record *record, char *ret, size_t size)
{
	snprintf(ret, size, "%04x:%04x", record->vendor, record->product);
}

void kb_printable(const char *text, char *ret, size_t size)
{
	size_t left = strlen(text), used = 0, n;
	u8 c;

	while (left && used + 5 < size) {
		c = (u8)*text;
		n = kb_utf8_char(text, left);
		/* C0, DEL and C1 drive terminals, direction marks make a text read as another */
		if (!n || kb_utf8_hidden(text, n)) {
			used += (size_t)snprintf(ret + used, size - used, "\\x%02x", c);
			n = 1;
		} else {
			memcpy(ret + used, text, n);
			used += n;
		}
		text += n;
		left -= n;
	}
	ret[used < size ? used : size - 1] = '\0';
}

void kb_why_text(const struct kb_record *record, char *ret, size_t size)
{
	const char *name = record->label[0] ? record->label : record->name;
	char shown[4 * KB_LABEL_MAX + 8];

	kb_printable(name, shown, sizeof(shown));
	if (record->reason == KB_REASON_RULE && shown[0])
		snprintf(ret, size, _("rule in line %u (%s)"), record->line, shown);
	else if (record->reason == KB_REASON_RULE)
		snprintf(ret, size, _("rule in line %u"), record->line);
	else if (kb_has(record->have, KB_A_LINE) && shown[0])
		snprintf(ret, size, _("%s (%s, line %u)"), kb_reason_text(record->reason), shown,
			 record->line);
	else
		snprintf(ret, size, "%s", kb_reason_text(record->reason));
}

static void verdict_text(const struct kb_record *record, char *ret, size_t size)
{
	char classes[256], why[768];

	kb_classes_text(record->classes, classes, sizeof(classes));
	kb_why_text(record, why, sizeof(why));
	if (record->action == KB_ACTION_ALLOW)
		snprintf(ret, size, _("allowed %s interface %u (%04x:%04x %s): %s"), record->device,
			 record->interface, record->vendor, record->product, classes, why);
	else if (record->mode == KB_GATE_AUDIT)
		snprintf(ret, size, _("would refuse %s interface %u (%04x:%04x %s): %s"),
			 record->device, record->interface, record->vendor, record->product, classes,
			 why);
	else
		snprintf(ret, size, _("refused %s interface %u (%04x:%04x %s): %s"), record->device,
			 record->interface, record->vendor, record->product, classes, why);
}

static void override_text(const struct kb_record *record, char *ret, size_t size)
{
	char driver[4 * KB_BUS_NAME_MAX + 8];

	kb_printable(record->driver, driver, sizeof(driver));
	if (!strcmp(driver, "sysfs"))
		snprintf(ret, size,
			 _("somebody tried to open refused %s interface %u (%04x:%04x) through its file \"authorized\"; it stays closed"),
			 record->device, record->interface, record->vendor, record->product);
	else if (record->mode == KB_GATE_AUDIT)
		snprintf(ret, size,
			 _("driver %s took %s interface %u (%04x:%04x), which enforcement would not let it have"),
			 driver, record->device, record->interface, record->vendor, record->product);
	else
		snprintf(ret, size,
			 _("somebody tried to use refused %s interface %u (%04x:%04x) with driver %s; closed again"),
			 record->device, record->interface, record->vendor, record->product,
			 driver[0] ? driver : "-");
}

static void refused_load_text(const struct kb_record *record, char *ret, size_t size)
{
	char said[KB_SENTENCE_MAX + 1], text[4 * KB_SENTENCE_MAX + 8];

	kb_refusal_text(record->text, said, sizeof(said));
	kb_printable(said, text, sizeof(text));
	if (text[0])
		snprintf(ret, size, _("a policy was refused: %s"), text);
	else
		snprintf(ret, size, _("a policy was refused: %s"), strerror((int)record->errno_));
}

void kb_event_text(const struct kb_record *record, char *ret, size_t size)
{
	switch (record->event) {
	case KB_EVENT_VERDICT:
		verdict_text(record, ret, size);
		break;
	case KB_EVENT_OVERRIDE:
		override_text(record, ret, size);
		break;
	case KB_EVENT_GONE:
		snprintf(ret, size, _("refused %s interface %u (%04x:%04x) was unplugged"),
			 record->device, record->interface, record->vendor, record->product);
		break;
	case KB_EVENT_TRUST:
		snprintf(ret, size, _("a signing key was added to the trust of this terminal"));
		break;
	case KB_EVENT_SEALED:
		snprintf(ret, size, _("trust is sealed until the module is loaded anew"));
		break;
	case KB_EVENT_POLICY:
		if (record->builtin)
			snprintf(ret, size, _("the built-in fallback is in force until a signed policy comes"));
		else
			snprintf(ret, size, _("policy %u.%u is in force"), record->policy_epoch,
				 record->policy_serial);
		break;
	case KB_EVENT_POLICY_REFUSED:
		refused_load_text(record, ret, size);
		break;
	default:
		if (!kb_path_event_text(record, ret, size))
			snprintf(ret, size, _("event of unknown kind %u"), record->event);
		break;
	}
}

u64 kb_boottime_to_realtime(u64 boottime_ns)
{
	struct timespec boot, real;
	u64 now_boot, now_real;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	now_boot = (u64)boot.tv_sec * 1000000000ull + (u64)boot.tv_nsec;
	now_real = (u64)real.tv_sec * 1000000000ull + (u64)real.tv_nsec;
	if (boottime_ns > now_boot)
		boottime_ns = now_boot;
	return (now_real - (now_boot - boottime_ns)) / 1000;
}
