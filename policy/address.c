// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses and prefixes between text and the decision core's types. */
#include "policy/address.h"

#include <arpa/inet.h>
#include <ctype.h>

/* "0".."@max" without leading zeros and with nothing behind it; -EINVAL otherwise. */
static int read_length(const char *text, int max)
{
	int value = 0;

	if (!isdigit((unsigned char)*text) || (*text == '0' && text[1]))
		return -EINVAL;
	for (; isdigit((unsigned char)*text); text++) {
		value = value * 10 + (*text - '0');
		if (value > max)
			return -EINVAL;
	}
	return *text ? -EINVAL : value;
}

int kb_address_parse(const char *text, union kb_ip *ret, u8 *ret_version)
{
	union kb_ip ip = { .v6 = { 0 } };
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		ip.v4 = ntohl(v4.s_addr);
		*ret = ip;
		*ret_version = 4;
		return 0;
	}
	if (inet_pton(AF_INET6, text, ip.v6) != 1)
		return -EINVAL;
	*ret = ip;
	*ret_version = 6;
	return 0;
}

void kb_address_to_text(const union kb_ip *ip, u8 version, char ret[KB_ADDRESS_SIZE])
{
	struct in_addr v4 = { .s_addr = htonl(ip->v4) };

	if (!inet_ntop(version == 6 ? AF_INET6 : AF_INET,
		       version == 6 ? (const void *)ip->v6 : &v4, ret, KB_ADDRESS_SIZE))
		ret[0] = '\0';
}

int kb_prefix_parse(const char *text, struct kb_prefix *ret)
{
	const char *slash = strchr(text, '/');
	struct kb_prefix prefix = { .network = 0 };
	char address[KB_ADDRESS_SIZE];
	int len, full;

	if ((size_t)snprintf(address, sizeof(address), "%.*s",
			     slash ? (int)(slash - text) : (int)strlen(text), text) >=
	    sizeof(address))
		return -EINVAL;
	if (kb_address_parse(address, &prefix.addr, &prefix.version) < 0)
		return -EINVAL;
	full = prefix.version == 6 ? 128 : 32;
	len = slash ? read_length(slash + 1, full) : full;
	if (len < 0)
		return -EINVAL;
	prefix.len = len;
	*ret = prefix;
	return 0;
}

/* The @i-th octet of a mask of @len bits. */
static u8 mask_octet(unsigned int len, unsigned int i)
{
	unsigned int bits = len > 8 * i ? len - 8 * i : 0;

	return bits >= 8 ? 0xff : (u8)(0xff00u >> bits);
}

static u32 mask4(unsigned int len)
{
	return len ? ~(u32)0 << (32 - len) : 0;
}

bool kb_prefix_clean(struct kb_prefix *prefix)
{
	struct kb_prefix before = *prefix;
	unsigned int i;

	if (prefix->version == 4) {
		prefix->addr.v4 &= mask4(prefix->len);
		return prefix->addr.v4 != before.addr.v4;
	}
	for (i = 0; i < 16; i++)
		prefix->addr.v6[i] &= mask_octet(prefix->len, i);
	return memcmp(prefix->addr.v6, before.addr.v6, 16);
}

void kb_prefix_to_text(const struct kb_prefix *prefix, char ret[KB_ADDRESS_SIZE])
{
	size_t used;

	kb_address_to_text(&prefix->addr, prefix->version, ret);
	used = strlen(ret);
	if (prefix->len != (prefix->version == 6 ? 128 : 32))
		snprintf(ret + used, KB_ADDRESS_SIZE - used, "/%u", prefix->len);
}

bool kb_prefix_covers(const struct kb_prefix *outer, const struct kb_prefix *inner)
{
	struct kb_prefix cut = *inner;

	if (outer->version != inner->version || outer->len > inner->len)
		return false;
	cut.len = outer->len;
	kb_prefix_clean(&cut);
	return outer->version == 4 ? cut.addr.v4 == outer->addr.v4 :
				     !memcmp(cut.addr.v6, outer->addr.v6, 16);
}

int kb_prefix_compare(const struct kb_prefix *a, const struct kb_prefix *b)
{
	int order;

	if (a->version != b->version)
		return a->version < b->version ? -1 : 1;
	if (a->version == 4)
		order = a->addr.v4 < b->addr.v4 ? -1 : a->addr.v4 > b->addr.v4;
	else
		order = memcmp(a->addr.v6, b->addr.v6, 16);
	return order ?: (int)a->len - (int)b->len;
}

int kb_mac_parse(const char *text, u8 ret[6])
{
	u8 mac[6];
	unsigned int i;

	for (i = 0; i < 6; i++, text += 3) {
		char digits[3] = { text[0], text[0] ? text[1] : '\0', '\0' };

		if (!isxdigit((unsigned char)digits[0]) || !isxdigit((unsigned char)digits[1]) ||
		    text[2] != (i < 5 ? ':' : '\0'))
			return -EINVAL;
		mac[i] = strtoul(digits, NULL, 16);
	}
	memcpy(ret, mac, sizeof(mac));
	return 0;
}

int kb_mac_mask_parse(const char *text, struct kb_link_mac *ret)
{
	const char *slash = strchr(text, '/');
	struct kb_link_mac mac;
	char address[KB_MAC_SIZE];
	int len = slash ? read_length(slash + 1, 48) : 48;
	unsigned int i;

	if ((size_t)snprintf(address, sizeof(address), "%.*s",
			     slash ? (int)(slash - text) : (int)strlen(text), text) >=
	    sizeof(address))
		return -EINVAL;
	if (len < 0 || kb_mac_parse(address, mac.value) < 0)
		return -EINVAL;
	for (i = 0; i < 6; i++)
		mac.mask[i] = mask_octet(len, i);
	*ret = mac;
	return 0;
}

bool kb_mac_mask_single(const struct kb_link_mac *mac)
{
	unsigned int i;

	for (i = 0; i < sizeof(mac->mask); i++)
		if (mac->mask[i] != 0xff)
			return false;
	return true;
}

void kb_mac_to_text(const u8 mac[6], char ret[KB_MAC_SIZE])
{
	snprintf(ret, KB_MAC_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		 mac[4], mac[5]);
}

void kb_mac_mask_to_text(const struct kb_link_mac *mac, char ret[2 * KB_MAC_SIZE])
{
	unsigned int len = 0, i;
	char mask[KB_MAC_SIZE];
	size_t used;

	while (len < 48 && mac->mask[len / 8] >> (7 - len % 8) & 1)
		len++;
	kb_mac_to_text(mac->value, ret);
	used = strlen(ret);
	for (i = 0; i < 6; i++) {
		if (mac->mask[i] == mask_octet(len, i))
			continue;
		kb_mac_to_text(mac->mask, mask);
		snprintf(ret + used, 2 * KB_MAC_SIZE - used, " & %s", mask);
		return;
	}
	if (len < 48)
		snprintf(ret + used, 2 * KB_MAC_SIZE - used, "/%u", len);
}
