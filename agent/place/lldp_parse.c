// SPDX-License-Identifier: GPL-2.0-or-later
/* What a switch says of itself: LLDP. */
#include "agent/place/lldp_parse.h"

#include <errno.h>
#include <strings.h>

#include "policy/lldp_port.h"

enum {
	TLV_END,
	TLV_CHASSIS,
	TLV_PORT,
	TLV_TTL,
	TLV_PORT_TEXT,
	TLV_SYSTEM_NAME,
	TLV_SYSTEM_TEXT,
	TLV_CAPABILITIES,
	TLV_ADDRESS,
	TLV_ORGANISATION = 127
};

struct tlv {
	u8 type;
	u16 len;
	const u8 *value;
};

struct walk {
	const u8 *bytes;
	size_t len, pos;
};

bool kb_lldp_is_group(const u8 mac[6])
{
	static const u8 prefix[] = { 0x01, 0x80, 0xc2, 0x00, 0x00 };

	return !memcmp(mac, prefix, sizeof(prefix)) &&
	       (mac[5] == 0x0e || mac[5] == 0x03 || mac[5] == 0x00);
}

/* 1 with *ret, 0 at the end of the bytes, -EBADMSG when a TLV is cut off. */
static int next(struct walk *walk, struct tlv *ret)
{
	size_t left = walk->len - walk->pos;
	const u8 *at = walk->bytes + walk->pos;
	u16 len;

	if (!left)
		return 0;
	if (left < 2)
		return -EBADMSG;
	len = (u16)((at[0] & 1) << 8 | at[1]);
	if (left - 2 < len)
		return -EBADMSG;
	*ret = (struct tlv){ .type = at[0] >> 1, .len = len, .value = at + 2 };
	walk->pos += 2u + len;
	return 1;
}

static char *put_byte(char *at, u8 byte)
{
	static const char hex[] = "0123456789abcdef";

	if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
		*at++ = (char)byte;
		return at;
	}
	*at++ = '\\';
	*at++ = 'x';
	*at++ = hex[byte >> 4];
	*at++ = hex[byte & 15];
	return at;
}

static void id_text(const u8 *id, u8 len, bool mac, char ret[KB_LLDP_ID_TEXT])
{
	char *at = ret;
	u8 i;

	if (mac)
		at += snprintf(at, KB_LLDP_ID_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", id[0], id[1],
			       id[2], id[3], id[4], id[5]);
	for (i = 0; !mac && i < len; i++)
		at = put_byte(at, id[i]);
	*at = '\0';
}

/* The subtype of an id, or 0: reserved, or a value that it cannot have. */
static u8 id_type(const struct tlv *tlv, u8 mac_type, u8 address_type, u8 max)
{
	u8 type = tlv->len ? tlv->value[0] : 0;

	if (tlv->len < 2 || tlv->len > KB_LLDP_ID_MAX + 1 || type >= max ||
	    (type == mac_type && tlv->len != 7) || (type == address_type && tlv->len < 3))
		return 0;
	return type;
}

static int read_chassis(const struct tlv *tlv, struct kb_lldp *ret)
{
	ret->chassis_type = id_type(tlv, KB_LLDP_CHASSIS_MAC, KB_LLDP_CHASSIS_ADDRESS,
				    KB_LLDP_CHASSIS_MAX);
	if (tlv->type != TLV_CHASSIS || !ret->chassis_type)
		return -EBADMSG;
	ret->chassis_len = (u8)(tlv->len - 1);
	memcpy(ret->chassis_id, tlv->value + 1, ret->chassis_len);
	id_text(tlv->value + 1, ret->chassis_len, ret->chassis_type == KB_LLDP_CHASSIS_MAC,
		ret->chassis);
	return 0;
}

static int read_port(const struct tlv *tlv, struct kb_lldp *ret)
{
	ret->port_type = id_type(tlv, KB_LLDP_PORT_MAC, KB_LLDP_PORT_ADDRESS, KB_LLDP_PORT_MAX);
	if (tlv->type != TLV_PORT || !ret->port_type)
		return -EBADMSG;
	ret->port_len = (u8)(tlv->len - 1);
	memcpy(ret->port_id, tlv->value + 1, ret->port_len);
	id_text(tlv->value + 1, ret->port_len, ret->port_type == KB_LLDP_PORT_MAC, ret->port);
	return 0;
}

/* The three that must come first, in their order. */
static int read_first(struct walk *walk, struct kb_lldp *ret)
{
	struct tlv tlv;

	if (next(walk, &tlv) <= 0 || read_chassis(&tlv, ret) || next(walk, &tlv) <= 0 ||
	    read_port(&tlv, ret))
		return -EBADMSG;
	if (next(walk, &tlv) <= 0 || tlv.type != TLV_TTL || tlv.len != 2)
		return -EBADMSG;
	ret->ttl = (u16)(tlv.value[0] << 8 | tlv.value[1]);
	return 0;
}

static bool is_fine(const struct tlv *tlv)
{
	switch (tlv->type) {
	case TLV_CHASSIS:
	case TLV_PORT:
	case TLV_TTL:
		return false;		/* once is enough */
	case TLV_CAPABILITIES:
		return tlv->len == 4;
	case TLV_ORGANISATION:
		return tlv->len >= 4;
	default:
		return true;
	}
}

int kb_lldp_parse(const void *data, size_t len, struct kb_lldp *ret)
{
	struct walk walk = { .bytes = data, .len = len };
	struct kb_lldp lldp = {};
	struct tlv tlv;
	int r = read_first(&walk, &lldp);

	while (!r) {
		r = next(&walk, &tlv);
		if (r < 0)
			return r;
		if (!r || (tlv.type == TLV_END && !tlv.len)) {
			*ret = lldp;
			return 0;
		}
		r = tlv.type != TLV_END && is_fine(&tlv) ? 0 : -EBADMSG;
	}
	return r;
}

/* A NUL inside an id is no end of it. */
static bool is_text(const char *id, u8 len)
{
	return strlen(id) == len;
}

bool kb_lldp_is_chassis(const struct kb_lldp *lldp, const char *chassis)
{
	if (lldp->chassis_type == KB_LLDP_CHASSIS_MAC)
		return !strcasecmp(lldp->chassis, chassis);
	return is_text(lldp->chassis_id, lldp->chassis_len) && !strcmp(lldp->chassis_id, chassis);
}

bool kb_lldp_is_port(const struct kb_lldp *lldp, const char *pattern)
{
	if (lldp->port_type == KB_LLDP_PORT_MAC)
		return !strcasecmp(lldp->port, pattern);
	return is_text(lldp->port_id, lldp->port_len) && kb_lldp_port_match(pattern, lldp->port_id);
}
