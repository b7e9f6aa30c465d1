// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of expectations kept beside a policy. */
#include "policy/expect.h"

#include "policy/document.h"
#include "policy/i18n.h"
#include "policy/nearest.h"
#include "policy/read.h"
#include "policy/reason.h"
#include "policy/schema.h"

#define EXPECTATIONS_MAX	10000
#define USUAL_PORT		"pci-0000:00:14.0/1"
#define AT(member)		.offset = offsetof(struct kb_expectation, member)
#define COUNT(member)		.count_offset = offsetof(struct kb_expectation, member)

static const struct kb_word outcomes[] = {
	{ "allow", KB_ACTION_ALLOW, false, N_("It comes up, or passes.") },
	{ "refuse", KB_ACTION_REFUSE, false, N_("It stays closed, or does not pass.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_key device_keys[] = {
	{ .name = "usb", .type = KB_TYPE_USB, .flags = KB_KEY_NEEDED, AT(usb),
	  .example = "\"0781:5583\"", .text = N_("Vendor and product of the device.") },
	{ .name = "serial", .type = KB_TYPE_STRING, .min = 1, .max = KB_USB_SERIAL_MAX, AT(serial),
	  .example = "\"4C530001231120\"", .text = N_("Its serial number.") },
	{ .name = "port", .type = KB_TYPE_PORT, .min = 1, .max = KB_USB_PORT_MAX, AT(port),
	  .example = "\"pci-0000:00:14.0/2.1\"", .text = N_("Where it is plugged in.") },
	{ .name = "class", .type = KB_TYPE_TRIPLE, AT(class), .example = "\"09/00/00\"",
	  .text = N_("Class of the device itself.") },
	{ .name = "interfaces", .type = KB_TYPE_INTERFACE, .flags = KB_KEY_NEEDED | KB_KEY_LIST,
	  AT(interfaces), COUNT(n_interfaces), .example = "[\"03/01/01\", storage]",
	  .text = N_("Its interfaces, by class name or triple; alternate settings after +.") },
	{ .name = NULL },
};

#define TEXT_KEY(key, longest, member, sample, ...)                                                \
	{ .name = key, .type = KB_TYPE_STRING, .min = 1, .max = longest, AT(member),               \
	  .example = sample, .text = __VA_ARGS__ }
#define FLAG_KEY(key, member, usual, ...)                                                          \
	{ .name = key, .type = KB_TYPE_BOOL, AT(member), .example = usual, .fallback = usual,      \
	  .text = __VA_ARGS__ }

static const struct kb_key link_keys[] = {
	TEXT_KEY("kind", 20, link.kind, "ethernet", N_("What the interface is.")),
	TEXT_KEY("bus", 20, link.bus, "pci", N_("What the interface hangs on.")),
	TEXT_KEY("path", KB_BUS_PATH_MAX, link.path, "\"pci-0000:00:03.0\"",
		 N_("Where it is plugged in.")),
	TEXT_KEY("driver", KB_DRIVER_MAX, link.driver, "e1000e", N_("Its driver.")),
	TEXT_KEY("ifname", KB_IFNAME_MAX, link.ifname, "enp0s3", N_("Its name.")),
	TEXT_KEY("mac", 17, link.mac, "\"02:00:5e:00:00:01\"", N_("Its permanent address.")),
	TEXT_KEY("address", 17, link.address, "\"02:00:5e:00:00:99\"",
		 N_("The address it uses; absent: the permanent one.")),
	{ .name = NULL },
};

static const struct kb_key packet_keys[] = {
	{ .name = "src", .type = KB_TYPE_ADDRESS, .flags = KB_KEY_NEEDED, AT(packet.src),
	  .example = "10.10.0.5", .text = N_("Where it comes from.") },
	{ .name = "dst", .type = KB_TYPE_ADDRESS, .flags = KB_KEY_NEEDED, AT(packet.dst),
	  .example = "10.20.1.10", .text = N_("Where it goes.") },
	{ .name = "proto", .type = KB_TYPE_NAME, .flags = KB_KEY_NEEDED, .min = 1, .max = 15,
	  AT(packet.proto), .example = "tcp", .text = N_("Its protocol, by name or number.") },
	TEXT_KEY("port", 11, packet.port, "3389",
		 N_("Port that a connection is made to; type of ICMP.")),
	TEXT_KEY("sport", 5, packet.sport, "50000", N_("Port of who began it.")),
	TEXT_KEY("link", KB_NAME_MAX, packet.link, "office-lan",
		 N_("The link by the name of its rule; absent: an allowed wired one without a name.")),
	TEXT_KEY("profile", KB_NAME_MAX, packet.profile, "A",
		 N_("The Wi-Fi profile that the link was proven to use.")),
	FLAG_KEY("wireless", packet.wireless, "false",
		 N_("The link is a wireless one; without profile: nothing was proven.")),
	TEXT_KEY("zone", KB_NAME_MAX, packet.zone, "madoguchi",
		 N_("Where the terminal is; absent: unknown.")),
	TEXT_KEY("user", 10, packet.user, "1000", N_("Number of the user whose program sends it.")),
	TEXT_KEY("group", 10, packet.group, "1500", N_("Number of that user's group.")),
	TEXT_KEY("cgroup", KB_CGROUP_MAX, packet.cgroup, "kidoban-screen.slice/client.scope",
		 N_("Control group of that program.")),
	{ .name = "at", .type = KB_TYPE_MOMENT, AT(packet.at), .example = "2026-11-20T10:00",
	  .text = N_("When; absent: at an hour at which everything is open.") },
	TEXT_KEY("next_hop", 17, packet.next_hop, "\"02:00:5e:00:01:0a\"",
		 N_("Address of the router that it goes through.")),
	TEXT_KEY("segment", 50, packet.segment, "10.10.0.0/24",
		 N_("The link's own prefix; absent: /24 or /64 around the terminal's address.")),
	FLAG_KEY("inbound", packet.inbound, "false", N_("It comes in.")),
	FLAG_KEY("forward", packet.forward, "false", N_("It passes through the terminal.")),
	FLAG_KEY("reply", packet.reply, "false", N_("It answers a connection that was made.")),
	TEXT_KEY("asked", 50, packet.asked, "\"ff02::fb\"",
		 N_("It answers what was asked of this group.")),
	FLAG_KEY("fragment", packet.fragment, "false", N_("It is a fragment.")),
	FLAG_KEY("lease", lease, "true", N_("The agent has reported lately.")),
	FLAG_KEY("isolated", packet.isolated, "false", N_("The terminal is cut off.")),
	{ .name = NULL },
};

static const struct kb_key expectation_keys[] = {
	{ .name = "name", .type = KB_TYPE_STRING, .min = 1, .max = 200, AT(name),
	  .example = "\"unlisted stick\"", .text = N_("What the row is about.") },
	{ .name = "device", .type = KB_TYPE_MAP, .flags = KB_KEY_ONE_OF, .keys = device_keys,
	  AT(subject), .value = KB_EXPECT_DEVICE,
	  .example = "{usb: \"0781:5583\", interfaces: [storage]}",
	  .text = N_("The device that is plugged in.") },
	{ .name = "link", .type = KB_TYPE_MAP, .flags = KB_KEY_ONE_OF, .keys = link_keys,
	  AT(subject), .value = KB_EXPECT_LINK, .example = "{kind: ethernet, bus: pci}",
	  .text = N_("The network interface that comes up.") },
	{ .name = "packet", .type = KB_TYPE_MAP, .flags = KB_KEY_ONE_OF, .keys = packet_keys,
	  AT(subject), .value = KB_EXPECT_PACKET,
	  .example = "{src: 10.10.0.5, dst: 10.20.1.10, proto: tcp, port: 3389}",
	  .text = N_("The packet that is sent or comes in.") },
	{ .name = "expect", .type = KB_TYPE_WORD, .flags = KB_KEY_NEEDED | KB_KEY_LIST,
	  .words = outcomes, AT(expect), COUNT(n_expect), .example = "refuse",
	  .text = N_("Outcome for all interfaces, or a list with one for each.") },
	{ .name = "rule", .type = KB_TYPE_STRING, .min = 1, .max = KB_LABEL_MAX, AT(rule),
	  .example = "default",
	  .text = N_("Line, label or name of the rule that decides, or default, hazard, hub.") },
	{ .name = "reason", .type = KB_TYPE_NAME, .min = 1, .max = 20, AT(reason),
	  .example = "cgroup",
	  .text = N_("Of links and packets: why, as programs read it (rule, protected, service, zone ...).") },
	{ .name = NULL },
};

static void prepare(void *element, const struct kb_node *node)
{
	struct kb_expectation *expectation = element;

	expectation->line = node->line;
	expectation->lease = true;
}

const struct kb_key kb_schema_expectations[] = {
	{ .name = "table", .type = KB_TYPE_MAPS, .max = EXPECTATIONS_MAX, .keys = expectation_keys,
	  .offset = offsetof(struct kb_expectations, list),
	  .count_offset = offsetof(struct kb_expectations, n),
	  .element_size = sizeof(struct kb_expectation), .prepare = prepare,
	  .example = "[{device: {usb: \"0781:5583\", interfaces: [storage]}, expect: refuse}]",
	  .text = N_("Expectations, one a row.") },
	{ .name = NULL },
};

static int check_device(const struct kb_expectation *row, const struct kb_node *node,
			struct kb_diags *diags)
{
	const struct kb_node *device = kb_node_get(node, "device"), *at;

	if (row->usb.vendor_mask != 0xffff || row->usb.product_mask != 0xffff) {
		at = kb_node_get(device, "usb");
		kb_diags_add(diags, KB_DIAG_ERROR, at->line, at->column, "bad-value",
			     _("a device has one vendor and product; no wildcards here"));
		return -EBADMSG;
	}
	if (row->n_interfaces > KB_USB_INTERFACES_MAX) {
		at = kb_node_get(device, "interfaces");
		kb_diags_add(diags, KB_DIAG_ERROR, at->line, at->column, "too-many",
			     _("'%s' has %u entries, more than %u"), "interfaces",
			     row->n_interfaces, KB_USB_INTERFACES_MAX);
		return -EBADMSG;
	}
	return 0;
}

static int check_reason(const struct kb_expectation *row, const struct kb_node *node,
			struct kb_diags *diags)
{
	const struct kb_node *at = kb_node_get(node, "reason");
	struct kb_nearest nearest = { 0 };
	unsigned int reason;

	if (!row->reason)
		return 0;
	if (row->subject == KB_EXPECT_DEVICE) {
		kb_diags_add(diags, KB_DIAG_ERROR, at->key->line, at->key->column, "reason-device",
			     _("'reason' is for links and packets; devices have 'rule'"));
		return -EBADMSG;
	}
	for (reason = 0; reason < KB_REASON_MAX; reason++) {
		if (!strcmp(row->reason, kb_reason_name(reason)))
			return 0;
		kb_nearest_offer(&nearest, row->reason, kb_reason_name(reason));
	}
	kb_diags_add(diags, KB_DIAG_ERROR, at->line, at->column, "unknown-value",
		     _("'%s' is not known for '%s'; did you mean '%s'?"), row->reason, "reason",
		     nearest.best ?: "rule");
	return -EBADMSG;
}

/* What the table of keys cannot say. */
static int check_row(const struct kb_expectation *row, const struct kb_node *node,
		     struct kb_diags *diags)
{
	unsigned int subjects = row->subject == KB_EXPECT_DEVICE ? row->n_interfaces : 1;
	const struct kb_node *at;

	if (row->subject == KB_EXPECT_DEVICE && check_device(row, node, diags) < 0)
		return -EBADMSG;
	if (row->n_expect != 1 && row->n_expect != subjects) {
		at = kb_node_get(node, "expect");
		kb_diags_add(diags, KB_DIAG_ERROR, at->line, at->column, "expect-length",
			     _("'expect' lists %u outcomes for %u interfaces"), row->n_expect,
			     subjects);
		return -EBADMSG;
	}
	return check_reason(row, node, diags);
}

static int read_table(struct kb_expectations *expectations, const char *text, size_t len,
		      struct kb_diags *diags)
{
	struct kb_reader reader = { .arena = &expectations->arena, .diags = diags };
	const struct kb_node *child;
	struct kb_node *root;
	uint32_t i = 0;
	int r;

	r = kb_document_parse(text, len, &expectations->arena, diags, &root);
	if (r < 0)
		return r;
	r = kb_read_maps(&reader, &kb_schema_expectations[0], root, expectations);
	if (r < 0)
		return r;
	for (child = root->first; child; child = child->next)
		if (check_row(&expectations->list[i++], child, diags) < 0)
			r = -EBADMSG;
	return r;
}

int kb_expectations_parse(const char *text, size_t len, struct kb_diags *diags,
			  struct kb_expectations *ret)
{
	struct kb_expectations expectations = { 0 };
	int r = read_table(&expectations, text, len, diags);

	if (r < 0) {
		kb_expectations_done(&expectations);
		return r;
	}
	*ret = expectations;
	return 0;
}

void kb_expectations_done(struct kb_expectations *expectations)
{
	kb_arena_done(&expectations->arena);
	*expectations = (struct kb_expectations){ 0 };
}

/* A device whose every interface is a hub's says so itself, too. */
static u8 device_class(const struct kb_expectation *expectation)
{
	unsigned int i;

	if (expectation->class.mask)
		return expectation->class.class;
	for (i = 0; i < expectation->n_interfaces; i++)
		if (expectation->interfaces[i].alts[0].class != 0x09)
			return 0;
	return 0x09;
}

bool kb_expect_rule_matches(const struct kb_explain_row *row, const char *rule)
{
	char line[16];

	if (!rule)
		return true;
	if (!row->rule)
		return !strcmp(rule, kb_reason_name(row->verdict.reason));
	snprintf(line, sizeof(line), "%u", row->rule->line);
	return !strcmp(rule, line) || (row->rule->label && !strcmp(rule, row->rule->label));
}

static void run_device(const struct kb_policy *policy, const struct kb_expectation *expectation,
		       struct kb_expect_result *result)
{
	struct kb_usb_device device = { .vendor = expectation->usb.vendor,
					.product = expectation->usb.product,
					.class = device_class(expectation),
					.serial = expectation->serial,
					.port = expectation->port ?: USUAL_PORT };
	unsigned int i, wanted;

	result->passed = true;
	for (i = 0; i < expectation->n_interfaces; i++)
		kb_device_add(&device, &expectation->interfaces[i]);
	kb_explain_device(policy, &device, result->rows, &result->n_rows);
	for (i = 0; result->passed && i < result->n_rows; i++) {
		wanted = expectation->expect[expectation->n_expect > 1 ? i : 0];
		if (result->rows[i].verdict.action == wanted &&
		    kb_expect_rule_matches(&result->rows[i], expectation->rule))
			continue;
		result->passed = false;
		result->interface = i;
	}
}

static bool names_rule(const char *wanted, const char *name, u32 line)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", line);
	return !strcmp(wanted, text) || (name && !strcmp(wanted, name));
}

static bool verdict_fits(const struct kb_expectation *expectation, enum kb_action action,
			 enum kb_reason reason, const char *rule_name, u32 rule_line)
{
	const char *rule = expectation->rule;

	if (action != (enum kb_action)expectation->expect[0])
		return false;
	if (expectation->reason && strcmp(expectation->reason, kb_reason_name(reason)))
		return false;
	if (!rule || !strcmp(rule, kb_reason_name(reason)))
		return true;
	return rule_line && names_rule(rule, rule_name, rule_line);
}

static bool run_link(const struct kb_policy *policy, const struct kb_expectation *expectation,
		     struct kb_expect_result *result)
{
	const struct kb_link_answer *answer = &result->link;

	if (kb_what_if_link(policy, &expectation->link, &result->link, &result->fault) < 0)
		return false;
	return verdict_fits(expectation, answer->verdict.action, answer->verdict.reason,
			    answer->rule ? answer->rule->name : NULL,
			    answer->rule ? answer->rule->line : 0);
}

static bool run_packet(const struct kb_policy *policy, const struct kb_expectation *expectation,
		       struct kb_expect_result *result)
{
	struct kb_packet_question question = expectation->packet;
	const struct kb_packet_answer *answer = &result->packet;

	question.no_lease = !expectation->lease;
	if (kb_what_if_packet(policy, &question, &result->packet, &result->fault) < 0)
		return false;
	return verdict_fits(expectation, answer->verdict.action, answer->verdict.reason,
			    answer->rule ? answer->rule->name : NULL,
			    answer->rule ? answer->rule->line : 0);
}

void kb_expect_run(const struct kb_policy *policy, const struct kb_expectation *expectation,
		   struct kb_expect_result *ret)
{
	struct kb_expect_result result = { 0 };

	if (expectation->subject == KB_EXPECT_DEVICE)
		run_device(policy, expectation, &result);
	else if (expectation->subject == KB_EXPECT_LINK)
		result.passed = run_link(policy, expectation, &result);
	else
		result.passed = run_packet(policy, expectation, &result);
	*ret = result;
}

enum kb_action kb_expect_outcome(const struct kb_expectation *expectation,
				 const struct kb_expect_result *result, unsigned int interface)
{
	if (expectation->subject == KB_EXPECT_LINK)
		return result->link.verdict.action;
	if (expectation->subject == KB_EXPECT_PACKET)
		return result->packet.verdict.action;
	return result->rows[interface].verdict.action;
}

enum kb_reason kb_expect_why(const struct kb_expectation *expectation,
			     const struct kb_expect_result *result, unsigned int interface)
{
	if (expectation->subject == KB_EXPECT_LINK)
		return result->link.verdict.reason;
	if (expectation->subject == KB_EXPECT_PACKET)
		return result->packet.verdict.reason;
	return result->rows[interface].verdict.reason;
}

u32 kb_expect_line(const struct kb_expectation *expectation, const struct kb_expect_result *result,
		   unsigned int interface)
{
	if (expectation->subject == KB_EXPECT_LINK)
		return result->link.rule ? result->link.rule->line : 0;
	if (expectation->subject == KB_EXPECT_PACKET)
		return result->packet.rule ? result->packet.rule->line : 0;
	return result->rows[interface].rule ? result->rows[interface].rule->line : 0;
}

void kb_expect_reason(const struct kb_expectation *expectation,
		      const struct kb_expect_result *result, const char *file, char *ret,
		      size_t size)
{
	if (result->fault.text[0])
		snprintf(ret, size, "%s", result->fault.text);
	else if (expectation->subject == KB_EXPECT_LINK)
		kb_what_if_link_reason(&result->link, file, ret, size);
	else if (expectation->subject == KB_EXPECT_PACKET)
		kb_what_if_packet_reason(&result->packet, file, ret, size);
	else
		kb_explain_reason(&result->rows[result->interface], file, ret, size);
}
