// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes the way of a policy: bytes are parsed, and what is accepted judges
 * devices made of other bytes.
 *
 * Input: one byte n, n * 4 bytes that describe devices, the blob.
 */
#include <kidoban/policy.h>
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

static void use(const struct kb_policy *policy, const u8 *bytes, size_t steps)
{
	static struct kb_usb_device dev;
	struct kb_terminal terminal = { .municipality = "131016" };
	struct kb_policy *again = NULL;

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
