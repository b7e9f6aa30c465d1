// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a packet, against a second parser that is slow, simple and written from the header alone. */
#include <kidoban/packet.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* The second parser: reads one number at a time and remembers why it could not. */
struct slow {
	const u8 *data;
	u32 have, end;
	bool bad, unknown;		/* not there; there, but not at hand */
	struct kb_packet packet;
};

static u32 get(struct slow *s, u32 at, u32 n)
{
	u32 value = 0;

	if (s->bad || s->unknown)
		return 0;
	s->bad = at + n > s->end || at + n > KB_PACKET_LOOK_MAX;
	s->unknown = !s->bad && at + n > s->have;
	if (s->bad || s->unknown)
		return 0;
	while (n--)
		value = value << 8 | s->data[at++];
	return value;
}

static void bad_if(struct slow *s, bool condition)
{
	if (!s->unknown && condition)
		s->bad = true;
}

static void slow_upper(struct slow *s, u32 at)
{
	struct kb_packet *p = &s->packet;
	static const struct {
		u8 proto, size;
	} with_ports[] = { { 6, 20 }, { 17, 8 }, { 33, 12 }, { 132, 12 }, { 136, 8 } };
	u32 i, bits;

	for (i = 0; i < ARRAY_SIZE(with_ports); i++) {
		if (with_ports[i].proto != p->proto)
			continue;
		get(s, at + with_ports[i].size - 1, 1);
		p->sport = (u16)get(s, at, 2);
		p->dport = (u16)get(s, at + 2, 2);
		p->flags |= KB_PACKET_PORTS;
	}
	if (p->proto == 6) {
		bits = get(s, at + 13, 1);
		if (bits & 0x02 && !(bits & 0x10))
			p->flags |= KB_PACKET_SYN;
		if (bits & 0x04)
			p->flags |= KB_PACKET_RST;
	}
	if ((p->version == 4 && p->proto == 1) || (p->version == 6 && p->proto == 58)) {
		get(s, at + 3, 1);
		p->dport = (u16)(get(s, at, 1) << 8 | get(s, at + 1, 1));
		p->flags |= KB_PACKET_PORTS;
	}
}

static void slow_v4(struct slow *s, u32 len)
{
	struct kb_packet *p = &s->packet;
	u32 size, total, at = 20, fragment;

	s->end = s->end < 20 ? 0 : s->end;
	p->src.v4 = get(s, 12, 4);
	p->dst.v4 = get(s, 16, 4);
	if (s->bad || s->unknown)
		return;
	p->version = 4;
	p->proto = (u8)get(s, 9, 1);
	p->flags = get(s, 8, 1) == 255 ? KB_PACKET_HOP255 : 0;
	size = get(s, 0, 1) % 16 * 4;
	total = get(s, 2, 2);
	if (total == 0 && len >= 65536)
		total = len;
	bad_if(s, size < 20);
	bad_if(s, size > total);
	bad_if(s, total > len);
	s->end = total;
	get(s, size - 1, 1);
	while (at < size && !s->bad && !s->unknown) {
		const u32 option = get(s, at, 1);

		if (option == 0)
			break;
		bad_if(s, option == 131 || option == 137);
		if (option == 1) {
			at++;
			continue;
		}
		bad_if(s, at + 2 > size);
		bad_if(s, get(s, at + 1, 1) < 2);
		at += get(s, at + 1, 1);
		bad_if(s, at > size);
	}
	fragment = get(s, 6, 2);
	if (fragment & 0x3fff)
		p->flags |= KB_PACKET_FRAGMENT;
	if (!(fragment & 0x1fff))
		slow_upper(s, size);
}

static bool starts_with_zeros(const u8 *ip, u32 n)
{
	while (n--)
		if (ip[n])
			return false;
	return true;
}

static bool is_loopback(const u8 *ip)
{
	return starts_with_zeros(ip, 15) && ip[15] == 1;
}

static bool is_guise(const u8 *ip)
{
	if (starts_with_zeros(ip, 10) && ip[10] == 0xff && ip[11] == 0xff)
		return true;
	return starts_with_zeros(ip, 12) && !starts_with_zeros(ip, 16) && !is_loopback(ip);
}

static bool is_one_of(u32 value, const u8 *list, u32 n)
{
	while (n--)
		if (list[n] == value)
			return true;
	return false;
}

/* Options of a hop-by-hop or destination options header. */
static void slow_v6_options(struct slow *s, u32 at, u32 end)
{
	while (at < end && !s->bad && !s->unknown) {
		const u32 option = get(s, at, 1);

		bad_if(s, option == 0xc2);
		if (option == 0) {
			at++;
			continue;
		}
		bad_if(s, at + 1 >= end);
		at += 2 + get(s, at + 1, 1);
		bad_if(s, at > end);
	}
}

static void slow_chain(struct slow *s, u32 next)
{
	static const u8 chained[] = { 0, 43, 44, 60 }, broken[] = { 59, 135, 139, 140, 253, 254 };
	u32 at = 40, n;

	for (n = 1; is_one_of(next, chained, sizeof(chained)); n++) {
		const u32 size = next == 44 ? 8 : 8 + 8 * get(s, at + 1, 1);
		const u32 type = next;

		s->packet.proto = (u8)next;
		bad_if(s, n > KB_PACKET_HEADERS_MAX);
		bad_if(s, type == 0 && n != 1);
		get(s, at + 7, 1);
		if (type == 43)
			bad_if(s, get(s, at + 2, 1) != 2 && get(s, at + 3, 1) != 0);
		get(s, at + size - 1, 1);
		if (type == 0 || type == 60)
			slow_v6_options(s, at + 2, at + size);
		next = get(s, at, 1);
		if (s->bad || s->unknown)
			return;
		if (type == 44) {
			s->packet.flags |= KB_PACKET_FRAGMENT;
			if (get(s, at + 2, 2) / 8) {
				bad_if(s, is_one_of(next, chained, sizeof(chained)));
				bad_if(s, is_one_of(next, broken, sizeof(broken)));
				s->packet.proto = (u8)next;
				return;
			}
		}
		at += size;
	}
	s->packet.proto = (u8)next;
	bad_if(s, is_one_of(next, broken, sizeof(broken)));
	if (!s->bad)
		slow_upper(s, at);
}

static void slow_v6(struct slow *s, u32 len)
{
	struct kb_packet *p = &s->packet;
	u32 payload;

	get(s, 39, 1);
	if (s->bad || s->unknown)
		return;
	p->version = 6;
	memcpy(p->src.v6, s->data + 8, 16);
	memcpy(p->dst.v6, s->data + 24, 16);
	p->flags = get(s, 7, 1) == 255 ? KB_PACKET_HOP255 : 0;
	payload = get(s, 4, 2);
	bad_if(s, !payload || payload + 40 > len);
	s->end = 40 + payload;
	if (s->bad)
		return;
	if (is_guise(p->src.v6) || is_guise(p->dst.v6)) {
		p->defect = KB_REASON_EMBEDDED;
		return;
	}
	bad_if(s, is_loopback(p->src.v6) ^ is_loopback(p->dst.v6));
	if (!s->bad)
		slow_chain(s, get(s, 6, 1));
}

/* False: the bytes at hand do not suffice. */
static bool slow_parse(const u8 *data, u32 have, u32 len, u8 version, struct kb_packet *ret)
{
	struct slow s = { .data = data, .have = have, .end = len };
	u32 first;

	first = get(&s, 0, 1) / 16;
	bad_if(&s, first != 4 && first != 6);
	bad_if(&s, version != 0 && version != first);
	if (!s.bad && !s.unknown) {
		if (first == 4)
			slow_v4(&s, len);
		else
			slow_v6(&s, len);
	}
	if (s.bad)
		s.packet.defect = KB_REASON_MALFORMED;
	*ret = s.packet;
	return !s.unknown;
}

/* The parser on a copy of exactly that size, so that a byte read too far is seen. */
static int parse(const u8 *data, u32 have, u32 len, u8 version, struct kb_packet *ret)
{
	u8 *copy = malloc(have + 1);
	int err;

	must(copy);
	memcpy(copy + 1, data, have);
	memset(ret, 0xa5, sizeof(*ret));
	err = kb_packet_parse(copy + 1, have, len, version, ret);
	free(copy);
	return err;
}

/* What everybody who gets a packet may rely on. */
static void check_promises(const struct kb_packet *p)
{
	u32 v4 = 0, all[KB_EMBEDDED_MAX];

	must(p->defect == 0 || p->defect == KB_REASON_MALFORMED || p->defect == KB_REASON_EMBEDDED);
	must(p->version == 4 || p->version == 6 || (!p->version && p->defect));
	must(!(p->flags & ~31u));
	must(p->flags & KB_PACKET_PORTS || (!p->sport && !p->dport));
	must(!(p->flags & (KB_PACKET_SYN | KB_PACKET_RST)) || p->proto == 6);
	if (p->version == 6) {
		must(kb_packet_embedded(&p->dst, &v4) == (kb_packet_embedded_all(&p->dst, all) > 0));
		must(!kb_packet_embedded(&p->dst, &v4) || v4 == all[0]);
	}
	if (kb_packet_is_tunnel(p) && p->version == 4)
		must(p->flags & KB_PACKET_PORTS || (p->proto != 6 && p->proto != 17));
	kb_packet_is_multicast(&p->src, p->version);
}

static void check_equal(const struct kb_packet *p, const struct kb_packet *slow)
{
	must(p->version == slow->version && p->defect == slow->defect);
	must(!memcmp(&p->src, &slow->src, sizeof(p->src)));
	must(!memcmp(&p->dst, &slow->dst, sizeof(p->dst)));
	if (!p->defect)
		must(!memcmp(p, slow, sizeof(*p)));
}

/*
 * First byte: what the frame claims (two bits) and how many bytes of the packet are not
 * at hand; the rest is the packet.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u8 versions[] = { 0, 4, 6, 5 };
	struct kb_packet p, part, slow;
	u32 have, len, most, n;
	u8 version;
	int err;

	if (!size || size > 4096)
		return 0;
	version = versions[data[0] & 3];
	have = (u32)size - 1;
	len = have + (data[0] >> 2 == 63 ? 70000 : data[0] >> 2);
	data++;
	most = len < KB_PACKET_LOOK_MAX ? len : KB_PACKET_LOOK_MAX;

	err = parse(data, have, len, version, &p);
	check_promises(&p);
	must(!err || (err == -ENODATA && p.defect && have < most));
	if (!err && slow_parse(data, have, len, version, &slow))
		check_equal(&p, &slow);
	for (n = 0; n < have && n <= KB_PACKET_LOOK_MAX; n++) {
		const int part_err = parse(data, n, len, version, &part);

		must(part_err ? part_err == -ENODATA && part.defect && n < most :
				!err && !memcmp(&part, &p, sizeof(p)));
	}
	return 0;
}
