// SPDX-License-Identifier: GPL-2.0-or-later
/* A whole policy as text. */
#include "policy/show.h"

#include <inttypes.h>

#include "policy/i18n.h"
#include "policy/net.h"
#include "policy/render.h"
#include "policy/show_net.h"

/* What the core's table says in words; triples in hexadecimal. */
static const char *const class_meanings[KB_CLASS_MAX] = {
	[KB_CLASS_STORAGE] = N_("08, UAS, and vendor devices that usb-storage drives"),
	[KB_CLASS_MTP] = N_("06 (PTP), interfaces named \"MTP\", known phones, adb"),
	[KB_CLASS_KEYBOARD] = "03/01/01",
	[KB_CLASS_MOUSE] = "03/01/02",
	[KB_CLASS_HID] = N_("every other 03"),
	[KB_CLASS_HUB] = "09",
	[KB_CLASS_SMARTCARD] = "0b",
	[KB_CLASS_AUDIO] = "01",
	[KB_CLASS_VIDEO] = "0e, 10",
	[KB_CLASS_PRINTER] = "07",
	[KB_CLASS_NETWORK] = N_("CDC Ethernet, RNDIS, tethering, known network adapters"),
	[KB_CLASS_WWAN] = N_("MBIM and known modems"),
	[KB_CLASS_WIRELESS] = N_("e0: Bluetooth, wireless USB"),
	[KB_CLASS_SERIAL] = N_("CDC ACM and known serial converters"),
	[KB_CLASS_FIRMWARE] = "fe/01 (DFU)",
	[KB_CLASS_BILLBOARD] = "11",
	[KB_CLASS_VENDOR] = N_("ff of which nothing more is known"),
	[KB_CLASS_OTHER] = N_("everything else"),
};

static void show_header(const struct kb_policy_header *header, bool effective, FILE *out)
{
	char date[KB_DATE_SIZE];

	fputs("kidoban: 1\npolicy:\n  municipality: ", out);
	kb_render_text(header->municipality, out);
	fputs("\n  group: ", out);
	kb_render_text(header->group, out);
	fprintf(out, "\n  epoch: %u\n  serial: %u\n", header->epoch, header->serial);
	if (header->not_before) {
		kb_render_date(header->not_before, false, date);
		fprintf(out, "  not_before: %s\n", date);
	} else if (effective) {
		fprintf(out, "  # not_before: %s\n", _("valid from the beginning"));
	}
	kb_render_date(header->expires, true, date);
	fprintf(out, "  expires: %s", date);
	if (effective)
		fprintf(out, "  # %" PRIu64, header->expires);
	fprintf(out, "\n  lock: %s\n", header->lock ? "true" : "false");
}

static void show_range(uint16_t value, uint16_t mask, FILE *out)
{
	uint16_t open = ~mask;

	if (!open)
		fprintf(out, "%04x", value);
	else if (!(open & (open + 1)))
		/* Only the last digits are open: one range says it. */
		fprintf(out, "%04x-%04x", value, value | open);
	else
		fprintf(out, "%04x & %04x", value, mask);
}

static void show_wildcards(const struct kb_usb_rule *rule, FILE *out)
{
	unsigned int i;

	for (i = 0; i < rule->n_ids; i++) {
		const struct kb_usb_id *id = &rule->ids[i];

		if (id->vendor_mask == 0xffff && id->product_mask == 0xffff)
			continue;
		fputs("    #   usb ", out);
		kb_render_usb(id, out);
		fprintf(out, ": %s ", _("vendor"));
		show_range(id->vendor, id->vendor_mask, out);
		fprintf(out, ", %s ", _("product"));
		show_range(id->product, id->product_mask, out);
		fputc('\n', out);
	}
}

static void show_meanings(const struct kb_usb_rule *rule, FILE *out)
{
	int class;

	for (class = 0; class < KB_CLASS_MAX; class++)
		if ((rule->classes | rule->has) & KB_CLASS_BIT(class))
			fprintf(out, "    #   %s: %s\n", kb_class_name(class),
				_(class_meanings[class]));
}

static void show_rule(const struct kb_usb_rule *rule, const char *file, bool effective, FILE *out)
{
	if (effective) {
		if (file)
			fprintf(out, "    # %s:%u\n", file, rule->line);
		else
			fprintf(out, _("    # line %u\n"), rule->line);
		show_wildcards(rule, out);
		show_meanings(rule, out);
	}
	fputs("    - ", out);
	kb_render_rule(rule, out);
	fputc('\n', out);
	if (rule->tell) {
		fputs("      tell: ", out);
		kb_render_text(rule->tell, out);
		fputc('\n', out);
	}
}

static void show_built_in(const struct kb_policy *policy, FILE *out)
{
	fprintf(out, "    # %s\n", _("built in, whatever the rules say:"));
	fprintf(out, "    #   %s\n", _("the machine's own root hubs are allowed"));
	fprintf(out, "    #   %s\n",
		_("a device with more interfaces than can be judged is refused"));
	fprintf(out, "    #   %s\n",
		_("a driver that stores or networks is refused where that was not allowed"));
	fprintf(out, "    # %s\n", _("built in, when no rule matched:"));
	fprintf(out, "    #   %s\n", _("a hub that is nothing else is allowed"));
	if (policy->media_default == KB_ACTION_ALLOW)
		fprintf(out, "    #   %s\n",
			_("storage, mtp, network, wwan and wireless are refused, although the default allows"));
	if (policy->media_mode == KB_GATE_AUDIT)
		fprintf(out, "    # %s\n", _("mode audit: refusals are reported, nothing is closed"));
	if (policy->media_mode == KB_GATE_OFF)
		fprintf(out, "    # %s\n", _("mode off: the gate is open"));
}

void kb_show(const struct kb_policy *policy, const struct kb_agent_policy *agent, const char *file,
	     bool effective, FILE *out)
{
	u32 i;

	show_header(&policy->header, effective, out);
	fprintf(out, "mode:\n  media: %s\n", kb_render_mode(policy->media_mode));
	if (policy->link.mode || kb_net_has_link(&policy->link))
		fprintf(out, "  link: %s\n", kb_render_mode(policy->link.mode));
	if (policy->paths.mode || kb_net_has_paths(&policy->paths))
		fprintf(out, "  path: %s\n", kb_render_mode(policy->paths.mode));
	if (agent->wifi_mode)
		fprintf(out, "  wifi: %s\n", kb_render_mode(agent->wifi_mode));
	if (agent->place_mode)
		fprintf(out, "  place: %s\n", kb_render_mode(agent->place_mode));
	fputs("media:\n", out);
	if (policy->n_rules)
		fputs("  rules:\n", out);
	else
		fputs("  rules: []\n", out);
	for (i = 0; i < policy->n_rules; i++)
		show_rule(&policy->rules[i], file, effective, out);
	if (effective)
		show_built_in(policy, out);
	fprintf(out, "  default: %s\n", kb_render_action(policy->media_default));
	if (policy->media_tell) {
		fputs("  tell: ", out);
		kb_render_text(policy->media_tell, out);
		fputc('\n', out);
	}
	kb_show_net(policy, agent, file, effective, out);
}
