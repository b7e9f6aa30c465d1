// SPDX-License-Identifier: GPL-2.0-or-later
/* One written value of links and paths into its C type. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "policy/address.h"
#include "policy/hours.h"
#include "policy/i18n.h"
#include "policy/net.h"
#include "policy/scalar.h"
#include "policy/service.h"

#define TELL(reader, node, code, ...)                                                              \
	(kb_diags_add((reader)->diags, KB_DIAG_ERROR, (node)->line, (node)->column, code,          \
		      __VA_ARGS__),                                                                \
	 -EBADMSG)

static struct kb_ref ref_of(const struct kb_node *node)
{
	return (struct kb_ref){ .text = node->text, .line = node->line, .column = node->column };
}

/* IPv4 addresses inside ::/96 and ::ffff:0:0/96 are never let through, kidoban/packet.h. */
static bool is_disguise(const struct kb_prefix *prefix)
{
	static const u8 zero[10];
	const u8 *v6 = prefix->addr.v6;
	bool mapped = v6[10] == 0xff && v6[11] == 0xff, compatible = !v6[10] && !v6[11];

	if (prefix->version != 6 || prefix->len <= 96 || memcmp(v6, zero, sizeof(zero)))
		return false;
	return mapped || (compatible && (v6[12] || v6[13] || v6[14]));
}

/* What is wrong with a prefix that can be read; 0 when nothing is. */
static int check_prefix(struct kb_reader *reader, const struct kb_node *node,
			struct kb_prefix *prefix)
{
	char right[KB_ADDRESS_SIZE], one[KB_ADDRESS_SIZE];
	struct kb_prefix before = *prefix;

	if (is_disguise(prefix))
		return TELL(reader, node, "disguise",
			    _("'%s' is an IPv4 address in disguise, which never passes; write the IPv4 address"),
			    node->text);
	if (!kb_prefix_clean(prefix))
		return 0;
	kb_prefix_to_text(prefix, right);
	kb_address_to_text(&before.addr, before.version, one);
	return TELL(reader, node, "host-bits",
		    _("'%s' has bits set behind its length; write %s for the whole network, or %s for the one address"),
		    node->text, right, one);
}

static int read_prefix(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, struct kb_prefix_ref *ret)
{
	struct kb_prefix_ref ref = { .line = node->line, .column = node->column };
	int r;

	if (kb_prefix_parse(node->text, &ref.prefix) < 0)
		return TELL(reader, node, "bad-value",
			    _("'%s' is no address or prefix for '%s'; write for example 10.20.0.0/16 or \"2001:db8:20::/48\""),
			    node->text, key->name);
	r = check_prefix(reader, node, &ref.prefix);
	if (!r)
		*ret = ref;
	return r;
}

/* Digits and dots, or with a colon: somebody meant an address. */
static bool like_address(const char *text)
{
	if (strchr(text, ':'))
		return text[strspn(text, "0123456789abcdefABCDEF:./")] == '\0';
	return isdigit((unsigned char)*text) && text[strspn(text, "0123456789./")] == '\0' &&
	       strpbrk(text, "./");
}

/* Network names are looked up later, when all are known. */
static int read_destination(struct kb_reader *reader, const struct kb_key *key,
			    const struct kb_node *node, struct kb_ref *ret)
{
	struct kb_prefix_ref ref;
	int r = kb_scalar_length(reader, key, node);

	if (!r && like_address(node->text))
		r = read_prefix(reader, key, node, &ref);
	if (!r)
		*ret = ref_of(node);
	return r;
}

static int unknown_service(struct kb_reader *reader, const struct kb_key *key,
			   const struct kb_node *node)
{
	const struct kb_service_preset *preset;
	struct kb_nearest nearest = { 0 };
	const char *slash = strchr(node->text, '/');
	char known[400] = "";
	unsigned int i;
	u8 proto;

	if (slash && isdigit((unsigned char)*node->text) && !kb_proto_parse(slash + 1, &proto) &&
	    kb_proto_has_ports(proto))
		return TELL(reader, node, "bad-value", _("'%s': the protocol comes first; write %s/%.*s"),
			    node->text, slash + 1, (int)(slash - node->text), node->text);
	if (!slash && isdigit((unsigned char)*node->text))
		return TELL(reader, node, "bad-value",
			    _("'%s' is a port without its protocol; write tcp/%s or udp/%s"),
			    node->text, node->text, node->text);
	if (!strcmp(node->text, "icmp") || !strcmp(node->text, "icmpv6"))
		return TELL(reader, node, "bad-value",
			    _("'%s' needs a type, for example icmp/8 (echo request)"), node->text);
	if (slash)
		return kb_scalar_bad(reader, key, node);
	for (preset = kb_service_presets; preset->name; preset++) {
		kb_nearest_offer(&nearest, node->text, preset->name);
		kb_scalar_list(known, sizeof(known), preset->name);
	}
	for (i = 0; kb_proto_word(i); i++)
		kb_nearest_offer(&nearest, node->text, kb_proto_word(i));
	return kb_scalar_unknown(reader, key, node, &nearest, known);
}

static int read_service(struct kb_reader *reader, const struct kb_key *key,
			const struct kb_node *node, struct kb_ref *ret)
{
	struct kb_service service;

	if (!kb_service_preset(node->text) && kb_service_parse(node->text, &service) < 0)
		return unknown_service(reader, key, node);
	*ret = ref_of(node);
	return 0;
}

static int read_hours(struct kb_reader *reader, const struct kb_key *key,
		      const struct kb_node *node, struct kb_ref *ret)
{
	struct kb_span spans[KB_HOURS_SPANS_MAX];
	unsigned int n;
	int r = kb_scalar_length(reader, key, node);

	if (r < 0)
		return r;
	r = kb_hours_parse(node->text, spans, ARRAY_SIZE(spans), &n);
	if (r == -E2BIG)
		return TELL(reader, node, "too-many", _("'%s' has more than %d spans"), key->name,
			    KB_HOURS_SPANS_MAX);
	if (r < 0)
		return kb_scalar_bad(reader, key, node);
	*ret = ref_of(node);
	return 0;
}

/* Decimal, no leading zero, below the number that means nobody; moves *text on. */
static bool take_id(const char **text, uint32_t *ret)
{
	const char *c = *text;
	uint64_t value = 0;

	if (!isdigit((unsigned char)*c) || (*c == '0' && isdigit((unsigned char)c[1])))
		return false;
	for (; isdigit((unsigned char)*c); c++) {
		value = value * 10 + (*c - '0');
		if (value >= UINT32_MAX)
			return false;
	}
	*text = c;
	*ret = value;
	return true;
}

static int read_ids(struct kb_reader *reader, const struct kb_key *key,
		    const struct kb_node *node, struct kb_id_range *ret)
{
	const char *text = node->text;
	struct kb_id_range range;

	if (!isdigit((unsigned char)*text))
		return TELL(reader, node, "name-not-number",
			    _("'%s' is a name; a policy is compiled away from the terminal, where names may mean other numbers: write the number, which '%s' says there"),
			    text, !strcmp(key->name, "group") ? "getent group" : "id -u");
	if (!take_id(&text, &range.first))
		return kb_scalar_bad(reader, key, node);
	range.last = range.first;
	if (*text == '-') {
		text++;
		if (!take_id(&text, &range.last))
			return kb_scalar_bad(reader, key, node);
	}
	if (*text || range.first > range.last)
		return kb_scalar_bad(reader, key, node);
	*ret = range;
	return 0;
}

static int read_mac(struct kb_reader *reader, const struct kb_key *key,
		    const struct kb_node *node, u8 ret[6])
{
	u8 mac[6];

	if (kb_mac_parse(node->text, mac) < 0)
		return kb_scalar_bad(reader, key, node);
	if (mac[0] & 1)
		return TELL(reader, node, "multicast",
			    _("'%s' is a group's address, which no device has"), node->text);
	memcpy(ret, mac, sizeof(mac));
	return 0;
}

static int read_mac_mask(struct kb_reader *reader, const struct kb_key *key,
			 const struct kb_node *node, struct kb_link_mac *ret)
{
	char right[2 * KB_MAC_SIZE];
	struct kb_link_mac mac;
	bool dirty = false;
	unsigned int i;

	if (kb_mac_mask_parse(node->text, &mac) < 0 || !mac.mask[0])
		return kb_scalar_bad(reader, key, node);
	if (mac.value[0] & 1)
		return TELL(reader, node, "multicast",
			    _("'%s' is a group's address, which no device has"), node->text);
	for (i = 0; i < 6; i++) {
		dirty = dirty || mac.value[i] & ~mac.mask[i];
		mac.value[i] &= mac.mask[i];
	}
	kb_mac_mask_to_text(&mac, right);
	if (dirty)
		return TELL(reader, node, "host-bits",
			    _("'%s' has bits set behind its length; write \"%s\""), node->text, right);
	*ret = mac;
	return 0;
}

static int read_ifname(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, const char **ret)
{
	const char *star = strchr(node->text, '*'), *c;
	int r = kb_scalar_length(reader, key, node);

	if (r < 0)
		return r;
	for (c = node->text; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || *c == '/' || *c == ':')
			return kb_scalar_bad(reader, key, node);
	if ((star && star[1]) || !strcmp(node->text, ".") || !strcmp(node->text, ".."))
		return kb_scalar_bad(reader, key, node);
	*ret = node->text;
	return 0;
}

/* As the kernel compares: names with one slash between, none before or behind. */
static bool cgroup_valid(const char *text)
{
	size_t len;

	for (;; text += len + 1) {
		len = strcspn(text, "/");
		if (!len || (len <= 2 && strspn(text, ".") >= len))
			return false;
		if (!text[len])
			return true;
	}
}

static int read_cgroup(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, const char **ret)
{
	int r = kb_scalar_length(reader, key, node);

	if (r < 0)
		return r;
	if (node->text[0] == '/' && cgroup_valid(node->text + 1))
		return TELL(reader, node, "bad-value",
			    _("a control group is written without the first slash; write %s"),
			    node->text + 1);
	if (!cgroup_valid(node->text))
		return kb_scalar_bad(reader, key, node);
	*ret = node->text;
	return 0;
}

static int read_address(struct kb_reader *reader, const struct kb_key *key,
			const struct kb_node *node, const char **ret)
{
	union kb_ip ip;
	u8 version;

	if (kb_address_parse(node->text, &ip, &version) < 0)
		return kb_scalar_bad(reader, key, node);
	*ret = node->text;
	return 0;
}

int kb_scalar_read_net(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, void *ret)
{
	uint64_t when;

	switch (key->type) {
	case KB_TYPE_REF:
		if (kb_scalar_length(reader, key, node) < 0)
			return -EBADMSG;
		*(struct kb_ref *)ret = ref_of(node);
		return 0;
	case KB_TYPE_PREFIX:
		return read_prefix(reader, key, node, ret);
	case KB_TYPE_DESTINATION:
		return read_destination(reader, key, node, ret);
	case KB_TYPE_SERVICE:
		return read_service(reader, key, node, ret);
	case KB_TYPE_HOURS:
		return read_hours(reader, key, node, ret);
	case KB_TYPE_IDS:
		return read_ids(reader, key, node, ret);
	case KB_TYPE_MAC:
		return read_mac(reader, key, node, ret);
	case KB_TYPE_MAC_MASK:
		return read_mac_mask(reader, key, node, ret);
	case KB_TYPE_IFNAME:
		return read_ifname(reader, key, node, ret);
	case KB_TYPE_CGROUP:
		return read_cgroup(reader, key, node, ret);
	case KB_TYPE_ADDRESS:
		return read_address(reader, key, node, ret);
	case KB_TYPE_MOMENT:
		if (kb_scalar_date(node->text, false, &when) < 0)
			return kb_scalar_bad(reader, key, node);
		*(const char **)ret = node->text;
		return 0;
	default:
		return kb_scalar_read_wifi(reader, key, node, ret);
	}
}
