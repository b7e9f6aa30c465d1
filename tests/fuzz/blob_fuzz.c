// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes the way of a policy: bytes are parsed, and what is accepted judges
 * devices, network interfaces and packets made of other bytes.
 *
 * Input: one byte n, n * 4 bytes that describe what is judged, the blob.
 */
#include <kidoban/policy.h>
#include <kidoban/prefix.h>
#include <kidoban/usb.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* A broken promise must look like a crash, with or without assertions. */
static void must(bool held)
{
	if (!held)
		abort();
}

/* What stands in the policy is worth more than random numbers. */
static void borrow_from_rules(const struct kb_policy *policy, struct kb_usb_device *dev, u8 choice)
{
	const struct kb_usb_rule *rule;

	if (!policy->n_rules)
		return;
	rule = &policy->rules[choice % policy->n_rules];
	if (rule->n_ids) {
		dev->vendor = rule->ids[0].vendor;
		dev->product = rule->ids[0].product;
	}
	if (rule->n_serials)
		dev->serial = rule->serials[rule->n_serials - 1];
	if (rule->n_ports)
		dev->port = rule->ports[0];
}

/*
 * Four bytes a step: the first says what they are, the others are a class
 * triple, ids or flags.
 */
static void make_device(const struct kb_policy *policy, struct kb_usb_device *dev, const u8 *bytes,
			size_t steps)
{
	for (; steps; steps--, bytes += 4) {
		struct kb_usb_alt alt = { bytes[1], bytes[2], bytes[3], bytes[0] & 0x80 };

		switch (bytes[0] & 7) {
		case 0:
			dev->vendor = (u16)(bytes[1] << 8 | bytes[2]);
			dev->product = (u16)(bytes[2] << 8 | bytes[3]);
			break;
		case 1:
			dev->class = bytes[1];
			dev->root_hub = bytes[2] == 0xff;
			break;
		case 2:
			borrow_from_rules(policy, dev, bytes[1]);
			break;
		case 3:
		case 4:
			kb_usb_device_add_interface(dev, bytes[0] >> 3);
			/* fall through */
		default:
			kb_usb_device_add_alt(dev, &alt);
		}
	}
}

static void judge(const struct kb_policy *policy, const struct kb_usb_device *dev)
{
	static const char *const drivers[] = { "usb-storage", "usbhid", "r8152", "btusb", "option" };
	struct kb_usb_verdict plain, bound;
	unsigned int i, k;

	for (i = 0; i <= dev->n_interfaces; i++) {
		kb_usb_decide(policy, dev, i, &plain);
		must(plain.action < KB_ACTION_MAX && plain.reason < KB_REASON_MAX);
		must(plain.reason != KB_REASON_RULE || plain.rule < policy->n_rules);
		must(plain.reason != KB_REASON_COMPLEX || plain.action == KB_ACTION_REFUSE);
		must(i < dev->n_interfaces || dev->root_hub || plain.action == KB_ACTION_REFUSE);
		for (k = 0; k < ARRAY_SIZE(drivers); k++) {
			kb_usb_decide_bind(policy, dev, i, drivers[k], &bound);
			must(bound.action <= plain.action);
		}
	}
}

static void judge_link(const struct kb_policy *policy, const u8 *bytes)
{
	const struct kb_link_rule *rule;
	struct kb_netdev dev = {
		.ifname = "enp0s3",
		.path = "pci-0000:00:14.0/2.1",
		.driver = "cdc-ether",
		.kind = bytes[0] % KB_LINK_KIND_MAX,
		.bus = bytes[1] % KB_LINK_BUS_MAX,
		.has_mac = bytes[2] & 1,
		.has_perm_mac = bytes[2] & 2,
		.mac = { bytes[2] >> 2 & 1 },
	};
	struct kb_link_verdict verdict;

	if (policy->link.n_rules) {
		rule = &policy->link.rules[bytes[3] % policy->link.n_rules];
		if (rule->n_paths)
			dev.path = rule->paths[rule->n_paths - 1];
		if (rule->n_drivers)
			dev.driver = rule->drivers[0];
		if (rule->n_ifnames)
			dev.ifname = rule->ifnames[rule->n_ifnames - 1];
		if (rule->n_macs)
			memcpy(dev.perm_mac, rule->macs[0].value, 6);
	}
	kb_link_decide(policy, &dev, &verdict);
	must(verdict.action < KB_ACTION_MAX && verdict.reason < KB_REASON_MAX);
	must((verdict.reason != KB_REASON_RULE && verdict.reason != KB_REASON_ADDRESS) ||
	     verdict.rule < policy->link.n_rules);
	must(dev.kind != KB_LINK_LOOPBACK || verdict.action == KB_ACTION_ALLOW);
	must(dev.bus != KB_LINK_BUS_VIRTUAL || verdict.action != KB_ACTION_ALLOW ||
	     kb_link_kind_possible(policy, dev.kind));
}

/* What is answered to every question about the packet that is judged. */
static u8 facts;

static enum kb_fact fact(u32 which)
{
	return (facts >> which & 3) % 3;
}

static enum kb_fact ask_owner(const struct kb_path_query *query, u32 *ret_uid, u32 *ret_gid)
{
	*ret_uid = query->packet->sport;
	*ret_gid = query->packet->dport;
	return fact(0);
}

static enum kb_fact ask_cgroup(const struct kb_path_query *query, const char *path)
{
	(void)query;
	return path[0] == '/' ? abort(), KB_FACT_NO : fact(1);
}

static enum kb_fact ask_next_hop(const struct kb_path_query *query, u8 ret_mac[6])
{
	memset(ret_mac, query->packet->dport, 6);
	return fact(2);
}

static enum kb_fact ask_on_link(const struct kb_path_query *query)
{
	(void)query;
	return fact(3);
}

static enum kb_fact ask_reply(const struct kb_path_query *query)
{
	(void)query;
	return fact(4);
}

static enum kb_fact ask_broadcast(const struct kb_path_query *query)
{
	(void)query;
	return fact(5);
}

static enum kb_fact ask_group(const struct kb_path_query *query, union kb_ip *ret_group)
{
	*ret_group = query->packet->src;
	if (query->packet->version == 4)
		ret_group->v4 |= 0xe0000000;
	else
		ret_group->v6[0] = 0xff;
	return fact(6);
}

static const struct kb_path_ask asks = {
	.owner = ask_owner,
	.cgroup = ask_cgroup,
	.next_hop = ask_next_hop,
	.on_link = ask_on_link,
	.reply = ask_reply,
	.broadcast = ask_broadcast,
	.asked_group = ask_group,
};

/* An address that some prefix of some policy knows: those of the seeds, and of the bytes. */
static void make_address(struct kb_packet *packet, union kb_ip *ip, const u8 *bytes)
{
	static const u8 v6[] = { 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x20 };

	if (packet->version == 4) {
		ip->v4 = 0x0a140000 ^ (u32)bytes[2] << 16 ^ bytes[3];
		return;
	}
	memcpy(ip->v6, v6, sizeof(v6));
	ip->v6[1] ^= bytes[2];
	ip->v6[15] = bytes[3];
}

static bool is_protected(const struct kb_path_policy *paths, const struct kb_path_query *query)
{
	const union kb_ip *ip = query->direction == KB_DIRECTION_IN ? &query->packet->src :
								      &query->packet->dst;
	u16 class;

	if (query->packet->version == 4)
		class = kb_prefix_lookup4(paths->prefixes, ip->v4);
	else
		class = kb_prefix_lookup6(paths->prefixes, ip);
	return paths->classes[class].is_protected;
}

static void judge_packet(const struct kb_policy *policy, const u8 *bytes)
{
	static const u8 protos[] = { 1, 2, 6, 17, 47, 50, 58, 132 };
	const struct kb_path_link link = { .allowed = true, .wireless = bytes[1] & 1,
					   .rule = bytes[1] >> 1 & 3, .profile = bytes[1] >> 3 & 1 };
	const struct kb_context context = { .leased = bytes[1] & 16, .isolated = bytes[1] >= 240,
					    .zone = bytes[1] & 32 ? 0 : KB_INDEX_NONE,
					    .schedules = bytes[1] & 64 };
	struct kb_packet packet = { .version = bytes[0] & 1 ? 4 : 6, .proto = protos[bytes[0] >> 5],
				    .flags = bytes[0] >> 2 & 7, .sport = bytes[2] ^ 3389,
				    .dport = bytes[3] ^ 3389 };
	struct kb_path_query query = { &packet, &context, &link, &asks, bytes[0] >> 1 & 1 };
	struct kb_path_verdict verdict;

	if (!policy->paths.classes)
		return;
	facts = bytes[0] ^ bytes[3];
	make_address(&packet, &packet.src, bytes);
	make_address(&packet, &packet.dst, bytes);
	kb_path_decide(policy, &query, &verdict);
	must(verdict.action < KB_ACTION_MAX && verdict.reason < KB_REASON_MAX);
	must(verdict.rule == KB_INDEX_NONE || verdict.rule < policy->paths.n_rules);
	must(verdict.reason != KB_REASON_RULE || verdict.rule != KB_INDEX_NONE);
	if (policy->paths.mode != KB_GATE_OFF && !context.leased &&
	    verdict.action == KB_ACTION_ALLOW && is_protected(&policy->paths, &query))
		must(verdict.reason == KB_REASON_NEIGHBOUR || verdict.reason == KB_REASON_DHCP);
	if (policy->paths.n_rules)
		kb_path_state(policy, bytes[3] % policy->paths.n_rules, &context, &link, 1,
			      &verdict);
	kb_path_decide_frame(policy, (u16)(bytes[2] << 8 | bytes[3]), &query, &verdict);
	must(verdict.action == KB_ACTION_REFUSE || verdict.reason != KB_REASON_FRAME);
}

/* Hours open and close where they say they do. */
static void watch_clock(const struct kb_policy *policy, u64 now)
{
	u64 mask = kb_schedule_mask(&policy->paths, now), next;
	u32 i;

	for (i = 0; i < policy->paths.n_schedules; i++) {
		const struct kb_schedule *schedule = &policy->paths.schedules[i];

		must(kb_schedule_open(schedule, now) == (mask >> i & 1));
		next = kb_schedule_next(schedule, now);
		must(!next || next > now);
		must(!next || kb_schedule_open(schedule, next) != (mask >> i & 1));
		must(!next || kb_schedule_open(schedule, next - 1) == (mask >> i & 1));
	}
}

static void use(const struct kb_policy *policy, const u8 *bytes, size_t steps)
{
	static struct kb_usb_device dev;
	struct kb_terminal terminal = { .municipality = "131016" };
	struct kb_policy *again = NULL;
	size_t i;

	for (i = 0; i < steps; i++) {
		judge_link(policy, bytes + i * 4);
		judge_packet(policy, bytes + i * 4);
		watch_clock(policy, 1800000000 + bytes[i * 4] * 86400ull + bytes[i * 4 + 1] * 600);
	}
	dev = (struct kb_usb_device){ .port = "pci-0000:00:14.0/2.1" };
	make_device(policy, &dev, bytes, steps);
	kb_usb_classify(&dev);
	judge(policy, &dev);
	kb_policy_admit(policy, NULL, &terminal, 1800000000, NULL);
	must(!kb_policy_parse(policy->blob, policy->blob_len, &again, NULL));
	must(kb_policy_admit(again, policy, &terminal, 0, NULL) == -EALREADY);
	must(again->n_rules == policy->n_rules && again->memory == policy->memory);
	kb_policy_free(again);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct kb_blob_error error = {};
	struct kb_policy *policy = NULL;
	size_t steps;
	int err;

	if (!size)
		return 0;
	steps = data[0];
	if (1 + steps * 4 > size)
		return 0;
	err = kb_policy_parse(data + 1 + steps * 4, size - 1 - steps * 4, &policy, &error);
	if (err) {
		must(!policy && error.text[0] && memchr(error.text, 0, sizeof(error.text)));
		must(err == -EBADMSG || err == -EMSGSIZE || err == -EPROTONOSUPPORT);
		return 0;
	}
	use(policy, data + 1, steps);
	kb_policy_free(policy);
	return 0;
}
