// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of nl80211, cut at every byte (W1, W3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>

#include "agent/wifi/nl80211.h"

#define RSN_EAP(caps)								\
	48, 20, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 5, (caps), 0
#define NOW	1000000000ull

/* A message under construction. */
struct maker {
	u8 bytes[2048];
	size_t len;
};

static const u8 bssid[6] = { 0x02, 0x11, 0x22, 0, 0, 1 };

static void put(struct maker *m, u16 type, const void *data, size_t len)
{
	struct nlattr header = { .nla_len = (u16)(sizeof(header) + len), .nla_type = type };

	assert_true(m->len + NLA_ALIGN(header.nla_len) <= sizeof(m->bytes));
	memcpy(m->bytes + m->len, &header, sizeof(header));
	if (len)
		memcpy(m->bytes + m->len + sizeof(header), data, len);
	m->len += NLA_ALIGN(header.nla_len);
}

static void put_u16(struct maker *m, u16 type, u16 v)
{
	put(m, type, &v, sizeof(v));
}

static void put_u32(struct maker *m, u16 type, u32 v)
{
	put(m, type, &v, sizeof(v));
}

static void put_u64(struct maker *m, u16 type, u64 v)
{
	put(m, type, &v, sizeof(v));
}

static void put_nest(struct maker *m, u16 type, const struct maker *inner)
{
	put(m, type | NLA_F_NESTED, inner->bytes, inner->len);
}

enum what { EVENT, WDEV, STATION, BSS };

/* Decodes where it ends with its room. 0 or an error; @ret is as large as any of them. */
static int decode(enum what what, u8 command, const u8 *bytes, size_t len, void *ret)
{
	u8 *room = malloc(len ?: 1);
	int r;

	memcpy(room, bytes, len);
	if (what == EVENT)
		r = kb_radio_decode_event(command, room, len, ret);
	else if (what == WDEV)
		r = kb_radio_decode_wdev(room, len, ret);
	else if (what == STATION)
		r = kb_radio_decode_station(room, len, ret);
	else
		r = kb_radio_decode_bss(room, len, NOW, ret);
	free(room);
	return r;
}

/* Cut anywhere but between attributes it is refused; needed ones may not be missing; outputs stay. */
static void try_cuts(enum what what, u8 command, const struct maker *m)
{
	union {
		struct kb_radio_notice notice;
		struct kb_wdev wdev;
		struct kb_station station;
		struct kb_bss bss;
	} out, before;
	struct nlattr header;
	size_t len, at = 0, begin = 0, end = 0;
	int r;

	memset(&before, 0x5a, sizeof(before));
	for (len = 0; len < m->len; len++) {
		out = before;
		r = decode(what, command, m->bytes, len, &out);
		if (len == at) {
			begin = at;
			memcpy(&header, m->bytes + at, sizeof(header));
			at += NLA_ALIGN(header.nla_len);
			end = begin + header.nla_len;
		} else if (len < end && r != -EBADMSG) {
			fail_msg("cut at %zu: %d", len, r);
		}
		if (r)
			assert_memory_equal(&out, &before, sizeof(out));
	}
}

/* With one attribute more of a wrong length, twice, or none at all. */
static void refuse_extra(enum what what, u8 command, const struct maker *good, u16 type, size_t len)
{
	static const u8 zeros[64];
	struct maker m = *good;
	u8 out[sizeof(struct kb_bss) + sizeof(struct kb_radio_notice)];

	put(&m, type, zeros, len);
	if (decode(what, command, m.bytes, m.len, out) != -EBADMSG)
		fail_msg("attribute %u of %zu bytes was taken", type, len);
}

static struct maker connect_event(void)
{
	static const u8 ies[] = { RSN_EAP(0xc0) };
	struct maker m = {};

	put_u32(&m, NL80211_ATTR_WIPHY, 2);
	put_u32(&m, NL80211_ATTR_IFINDEX, 7);
	put_u64(&m, NL80211_ATTR_WDEV, 0x200000001ull);
	put(&m, NL80211_ATTR_MAC, bssid, 6);
	put_u16(&m, NL80211_ATTR_STATUS_CODE, 0);
	put(&m, 999, "what a newer kernel says", 24);
	put(&m, NL80211_ATTR_REQ_IE, ies, sizeof(ies));
	return m;
}

static void test_connect(void **state)
{
	struct maker m = connect_event();
	struct kb_radio_notice n;
	struct kb_rsn rsn;

	(void)state;
	assert_int_equal(kb_radio_decode_event(NL80211_CMD_CONNECT, m.bytes, m.len, &n), 0);
	assert_int_equal(n.event, KB_RADIO_CONNECT);
	assert_int_equal(n.command, NL80211_CMD_CONNECT);
	assert_int_equal(n.wiphy, 2);
	assert_int_equal(n.ifindex, 7);
	assert_true(n.wdev == 0x200000001ull);
	assert_memory_equal(n.bssid, bssid, 6);
	assert_int_equal(n.status, 0);
	assert_int_equal(kb_rsn_find(n.req_ies, n.req_ies_len, &rsn), 0);
	assert_int_equal(rsn.akms, KB_AKM_8021X_SHA256);
	assert_true(rsn.mfp_capable);
	try_cuts(EVENT, NL80211_CMD_CONNECT, &m);
	/* without the elements that is said so */
	m.len = 0;
	put_u32(&m, NL80211_ATTR_IFINDEX, 7);
	assert_int_equal(kb_radio_decode_event(NL80211_CMD_CONNECT, m.bytes, m.len, &n), 0);
	assert_null(n.req_ies);
	assert_int_equal(n.req_ies_len, 0);
}

static void test_events(void **state)
{
	static const struct {
		u8 command;
		int event;
	} rows[] = {
		{ NL80211_CMD_CONNECT, KB_RADIO_CONNECT }, { NL80211_CMD_ROAM, KB_RADIO_ROAM },
		{ NL80211_CMD_DISCONNECT, KB_RADIO_DISCONNECT },
		{ NL80211_CMD_NEW_STATION, KB_RADIO_STATION }, { NL80211_CMD_DEL_STATION, KB_RADIO_STATION },
		{ NL80211_CMD_NEW_INTERFACE, KB_RADIO_INTERFACE },
		{ NL80211_CMD_SET_INTERFACE, KB_RADIO_INTERFACE },
		{ NL80211_CMD_DEL_INTERFACE, KB_RADIO_INTERFACE },
		{ NL80211_CMD_NEW_SCAN_RESULTS, KB_RADIO_SCAN_DONE },
		{ NL80211_CMD_SCAN_ABORTED, KB_RADIO_SCAN_DONE },
		{ NL80211_CMD_CH_SWITCH_NOTIFY, KB_RADIO_CHANNEL },
		{ NL80211_CMD_UNPROT_DEAUTHENTICATE, KB_RADIO_ATTACK },
		{ NL80211_CMD_UNPROT_DISASSOCIATE, KB_RADIO_ATTACK },
		{ NL80211_CMD_UNPROT_BEACON, KB_RADIO_ATTACK },
		{ NL80211_CMD_NOTIFY_CQM, KB_RADIO_CQM }, { NL80211_CMD_PORT_AUTHORIZED, KB_RADIO_PORT },
	};
	struct maker m = {};
	struct kb_radio_notice n;
	unsigned int command, known = 0;
	size_t i;

	(void)state;
	put_u32(&m, NL80211_ATTR_IFINDEX, 7);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(kb_radio_decode_event(rows[i].command, m.bytes, m.len, &n), 0);
		assert_int_equal(n.event, rows[i].event);
		assert_int_equal(n.status < 0, rows[i].command == NL80211_CMD_SCAN_ABORTED);
	}
	for (command = 0; command < 256; command++)
		known += kb_radio_decode_event((u8)command, m.bytes, m.len, &n) != -ENOMSG;
	assert_int_equal(known, ARRAY_SIZE(rows));
}

static void test_disconnect(void **state)
{
	static const u8 frame[] = {
		0xc0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0x66, 0, 0, 0, 0, 9, 0x66, 0, 0, 0, 0, 9, 0, 0, 7, 0
	};
	struct maker m = {};
	struct kb_radio_notice n;

	(void)state;
	put_u16(&m, NL80211_ATTR_REASON_CODE, 15);
	put(&m, NL80211_ATTR_DISCONNECTED_BY_AP, NULL, 0);
	assert_int_equal(kb_radio_decode_event(NL80211_CMD_DISCONNECT, m.bytes, m.len, &n), 0);
	assert_int_equal(n.reason, 15);
	assert_true(n.by_ap);
	try_cuts(EVENT, NL80211_CMD_DISCONNECT, &m);
	/* a forged farewell: from whom, and why */
	m.len = 0;
	put(&m, NL80211_ATTR_FRAME, frame, sizeof(frame));
	assert_int_equal(kb_radio_decode_event(NL80211_CMD_UNPROT_DEAUTHENTICATE, m.bytes, m.len, &n), 0);
	assert_memory_equal(n.bssid, frame + 10, 6);
	assert_int_equal(n.reason, 7);
	assert_int_equal(kb_radio_decode_event(NL80211_CMD_UNPROT_BEACON, m.bytes, m.len, &n), 0);
	assert_int_equal(n.reason, 0);
	try_cuts(EVENT, NL80211_CMD_UNPROT_DEAUTHENTICATE, &m);
	m.len = 0;
	put(&m, NL80211_ATTR_FRAME, frame, 23);
	assert_int_equal(kb_radio_decode_event(NL80211_CMD_UNPROT_DEAUTHENTICATE, m.bytes, m.len, &n), 0);
	assert_int_equal(n.bssid[0], 0);
}

static void test_event_lengths(void **state)
{
	static const struct {
		u16 type;
		size_t len;
	} wrong[] = {
		{ NL80211_ATTR_DISCONNECTED_BY_AP, 1 }, { NL80211_ATTR_REASON_CODE, 1 },
		{ NL80211_ATTR_REASON_CODE, 4 }, { NL80211_ATTR_WIPHY_FREQ, 8 },
		/* those that stand there already */
		{ NL80211_ATTR_WIPHY, 4 }, { NL80211_ATTR_MAC, 6 }, { NL80211_ATTR_REQ_IE, 0 },
	};
	struct maker m = connect_event(), cut;
	struct kb_radio_notice n;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		refuse_extra(EVENT, NL80211_CMD_CONNECT, &m, wrong[i].type, wrong[i].len);
	memset(&cut, 0, sizeof(cut));
	put(&cut, NL80211_ATTR_MAC, bssid, 5);
	assert_int_equal(kb_radio_decode_event(NL80211_CMD_CONNECT, cut.bytes, cut.len, &n), -EBADMSG);
	/* an attribute shorter than its own header */
	cut.bytes[0] = 3;
	assert_int_equal(kb_radio_decode_event(NL80211_CMD_CONNECT, cut.bytes, cut.len, &n), -EBADMSG);
}

static struct maker wdev_message(void)
{
	struct maker m = {};

	put_u32(&m, NL80211_ATTR_WIPHY, 1);
	put_u64(&m, NL80211_ATTR_WDEV, 0x100000001ull);
	put_u32(&m, NL80211_ATTR_IFTYPE, NL80211_IFTYPE_STATION);
	return m;
}

static void test_wdev(void **state)
{
	struct maker m = wdev_message(), less;
	struct kb_wdev w;

	(void)state;
	/* a P2P-Device has no more than that */
	assert_int_equal(kb_radio_decode_wdev(m.bytes, m.len, &w), 0);
	assert_int_equal(w.ifindex, 0);
	assert_string_equal(w.ifname, "");
	refuse_extra(WDEV, 0, &m, NL80211_ATTR_IFNAME, 0);
	refuse_extra(WDEV, 0, &m, NL80211_ATTR_IFNAME, 2);	/* a NUL in its middle */
	refuse_extra(WDEV, 0, &m, NL80211_ATTR_IFNAME, 17);
	refuse_extra(WDEV, 0, &m, NL80211_ATTR_SSID, 33);
	refuse_extra(WDEV, 0, &m, NL80211_ATTR_IFTYPE, 4);
	less = m;
	put(&less, NL80211_ATTR_IFNAME, "wlan0", 5);		/* no NUL */
	assert_int_equal(kb_radio_decode_wdev(less.bytes, less.len, &w), -EBADMSG);
	put_u32(&m, NL80211_ATTR_IFINDEX, 9);
	put(&m, NL80211_ATTR_IFNAME, "wlp0s20f3longer", 16);
	put(&m, NL80211_ATTR_MAC, bssid, 6);
	put(&m, NL80211_ATTR_SSID, "0123456789abcdef0123456789abcdef", 32);
	put_u32(&m, NL80211_ATTR_WIPHY_FREQ, 5955);
	assert_int_equal(kb_radio_decode_wdev(m.bytes, m.len, &w), 0);
	assert_int_equal(w.wiphy, 1);
	assert_true(w.id == 0x100000001ull);
	assert_int_equal(w.ifindex, 9);
	assert_string_equal(w.ifname, "wlp0s20f3longer");
	assert_int_equal(w.iftype, NL80211_IFTYPE_STATION);
	assert_memory_equal(w.mac, bssid, 6);
	assert_int_equal(w.ssid_len, 32);
	assert_memory_equal(w.ssid, "0123456789abcdef0123456789abcdef", 32);
	assert_int_equal(w.frequency, 5955);
	try_cuts(WDEV, 0, &m);
	/* what is needed */
	less.len = 0;
	put_u32(&less, NL80211_ATTR_WIPHY, 1);
	put_u32(&less, NL80211_ATTR_IFTYPE, 2);
	assert_int_equal(kb_radio_decode_wdev(less.bytes, less.len, &w), -EBADMSG);
	less.len = 0;
	put_u32(&less, NL80211_ATTR_WIPHY, 1);
	put_u64(&less, NL80211_ATTR_WDEV, 1);
	assert_int_equal(kb_radio_decode_wdev(less.bytes, less.len, &w), -EBADMSG);
}

static struct maker station_message(u32 mask, u32 set)
{
	const u32 flags[2] = { mask, set };
	const u8 signal = (u8)-61;
	struct maker m = {}, info = {};

	put(&info, NL80211_STA_INFO_SIGNAL, &signal, 1);
	put(&info, NL80211_STA_INFO_STA_FLAGS, flags, sizeof(flags));
	put(&m, NL80211_ATTR_MAC, bssid, 6);
	put_nest(&m, NL80211_ATTR_STA_INFO, &info);
	return m;
}

static void test_station(void **state)
{
	const u32 authorized = 1u << NL80211_STA_FLAG_AUTHORIZED, mfp = 1u << NL80211_STA_FLAG_MFP,
		  associated = 1u << NL80211_STA_FLAG_ASSOCIATED, all = authorized | mfp | associated;
	struct maker m = station_message(all, all), inner = {}, outer = {};
	struct kb_station s;
	u8 byte = (u8)-70;

	(void)state;
	assert_int_equal(kb_radio_decode_station(m.bytes, m.len, &s), 0);
	assert_memory_equal(s.bssid, bssid, 6);
	assert_int_equal(s.signal, -61);
	assert_true(s.authorized && s.mfp && s.associated);
	try_cuts(STATION, 0, &m);
	refuse_extra(STATION, 0, &m, NL80211_ATTR_MAC, 6);
	m = station_message(all, authorized);
	assert_int_equal(kb_radio_decode_station(m.bytes, m.len, &s), 0);
	assert_true(s.authorized && !s.mfp && !s.associated);
	/* a flag that the driver does not vouch for is not set */
	m = station_message(associated, all);
	assert_int_equal(kb_radio_decode_station(m.bytes, m.len, &s), 0);
	assert_true(!s.authorized && !s.mfp && s.associated);
	/* nothing known */
	put(&outer, NL80211_ATTR_MAC, bssid, 6);
	assert_int_equal(kb_radio_decode_station(outer.bytes, outer.len, &s), -EBADMSG);
	put(&inner, NL80211_STA_INFO_SIGNAL_AVG, &byte, 1);
	put_nest(&outer, NL80211_ATTR_STA_INFO, &inner);
	assert_int_equal(kb_radio_decode_station(outer.bytes, outer.len, &s), 0);
	assert_true(!s.authorized && !s.mfp && !s.associated);
	assert_int_equal(s.signal, -70);
	/* flags of the old form, four bytes */
	put(&inner, NL80211_STA_INFO_STA_FLAGS, "\xff\xff\xff\xff", 4);
	outer.len = 0;
	put(&outer, NL80211_ATTR_MAC, bssid, 6);
	put_nest(&outer, NL80211_ATTR_STA_INFO, &inner);
	assert_int_equal(kb_radio_decode_station(outer.bytes, outer.len, &s), -EBADMSG);
}

/* An access point's message, with what the caller adds. */
static void begin_bss(struct maker *inner, u32 frequency, u16 capability)
{
	memset(inner, 0, sizeof(*inner));
	put(inner, NL80211_BSS_BSSID, bssid, 6);
	put_u32(inner, NL80211_BSS_FREQUENCY, frequency);
	put_u16(inner, NL80211_BSS_CAPABILITY, capability);
}

static int end_bss(const struct maker *inner, struct kb_bss *ret)
{
	struct maker m = {};

	put_u32(&m, NL80211_ATTR_IFINDEX, 3);
	put_nest(&m, NL80211_ATTR_BSS, inner);
	try_cuts(BSS, 0, &m);
	return kb_radio_decode_bss(m.bytes, m.len, NOW, ret);
}

static void test_bss(void **state)
{
	static const u8 ies[] = {
		0, 4, 'C', 'I', 'T', 'Y', 3, 1, 6, 7, 6, 'J', 'P', ' ', 1, 13, 20, RSN_EAP(0x80)
	};
	struct maker inner;
	struct kb_bss b;

	(void)state;
	begin_bss(&inner, 2437, 0x0411);
	put_u64(&inner, NL80211_BSS_TSF, 123456789);
	put_u32(&inner, NL80211_BSS_SIGNAL_MBM, (u32)-6789);
	put_u32(&inner, NL80211_BSS_SEEN_MS_AGO, 250);
	put_u32(&inner, NL80211_BSS_STATUS, NL80211_BSS_STATUS_ASSOCIATED);
	put(&inner, NL80211_BSS_INFORMATION_ELEMENTS, ies, sizeof(ies));
	assert_int_equal(end_bss(&inner, &b), 0);
	assert_memory_equal(b.bssid, bssid, 6);
	assert_int_equal(b.frequency, 2437);
	assert_int_equal(b.own_frequency, 2437);
	assert_int_equal(b.signal, -67);
	assert_true(b.tsf == 123456789);
	assert_true(b.heard_usec == NOW - 250000);
	assert_true(b.privacy && b.ess && b.associated && !b.wpa && !b.rsn_bad && !b.from_probe);
	assert_int_equal(b.ssid_len, 4);
	assert_memory_equal(b.ssid, "CITY", 4);
	assert_string_equal(b.country, "JP");
	assert_true(b.rsn.present && b.rsn.mfp_capable && !b.rsn.mfp_required);
	assert_int_equal(b.rsn.akms, KB_AKM_8021X_SHA256);
}

static void test_bss_numbers(void **state)
{
	struct maker inner;
	struct kb_bss b;
	u8 percent = 60;

	(void)state;
	/* IBSS is none of ours */
	begin_bss(&inner, 2437, 0x0002);
	put_u64(&inner, NL80211_BSS_LAST_SEEN_BOOTTIME, (NOW - 1000) * 1000);
	put_u32(&inner, NL80211_BSS_SEEN_MS_AGO, 900);
	put(&inner, NL80211_BSS_SIGNAL_UNSPEC, &percent, 1);
	put_u64(&inner, NL80211_BSS_TSF, 5);
	put_u64(&inner, NL80211_BSS_BEACON_TSF, 6);
	assert_int_equal(end_bss(&inner, &b), 0);
	assert_false(b.ess || b.privacy || b.associated);
	assert_true(b.heard_usec == NOW - 1000);
	assert_int_equal(b.signal, -70);
	assert_true(b.tsf == 6);
	begin_bss(&inner, 2437, 0x0001);
	put_u64(&inner, NL80211_BSS_TSF, 8);
	put_u64(&inner, NL80211_BSS_BEACON_TSF, 7);
	assert_int_equal(end_bss(&inner, &b), 0);
	assert_true(b.tsf == 8);
	assert_int_equal(b.ssid_len, 0);
	assert_false(b.rsn.present);
	/* nobody knows when, or before the machine was there */
	begin_bss(&inner, 60480, 0x0003);
	assert_int_equal(end_bss(&inner, &b), 0);
	assert_true(b.ess);
	assert_true(b.heard_usec == 0);
	put_u32(&inner, NL80211_BSS_SEEN_MS_AGO, 0xffffffff);
	assert_int_equal(end_bss(&inner, &b), 0);
	assert_true(b.heard_usec == 0);
	/* both cannot be, but at 60 GHz */
	begin_bss(&inner, 5180, 0x0003);
	assert_int_equal(end_bss(&inner, &b), 0);
	assert_false(b.ess);
	/* heard in the future: the age is asked */
	begin_bss(&inner, 5180, 0x0001);
	put_u64(&inner, NL80211_BSS_LAST_SEEN_BOOTTIME, (NOW + 5) * 1000);
	put_u32(&inner, NL80211_BSS_SEEN_MS_AGO, 1);
	assert_int_equal(end_bss(&inner, &b), 0);
	assert_true(b.heard_usec == NOW - 1000);
}

static void test_bss_refused(void **state)
{
	static const struct {
		u16 type;
		size_t len;
	} wrong[] = {
		{ NL80211_BSS_BSSID, 6 }, { NL80211_BSS_TSF, 4 }, { NL80211_BSS_SIGNAL_MBM, 1 },
		{ NL80211_BSS_STATUS, 1 }, { NL80211_BSS_PRESP_DATA, 1 }, { NL80211_BSS_SEEN_MS_AGO, 8 },
	};
	struct maker inner, m;
	struct kb_bss b;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		begin_bss(&inner, 5180, 1);
		put(&inner, wrong[i].type, bssid, wrong[i].len == 8 ? 6 : wrong[i].len);
		assert_int_equal(end_bss(&inner, &b), -EBADMSG);
	}
	memset(&m, 0, sizeof(m));
	put_u32(&m, NL80211_ATTR_IFINDEX, 3);
	assert_int_equal(kb_radio_decode_bss(m.bytes, m.len, NOW, &b), -EBADMSG);
	memset(&inner, 0, sizeof(inner));
	put(&inner, NL80211_BSS_BSSID, bssid, 6);
	put_u32(&inner, NL80211_BSS_FREQUENCY, 5180);
	assert_int_equal(end_bss(&inner, &b), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_disconnect),
		cmocka_unit_test(test_event_lengths),
		cmocka_unit_test(test_wdev),
		cmocka_unit_test(test_station),
		cmocka_unit_test(test_bss),
		cmocka_unit_test(test_bss_numbers),
		cmocka_unit_test(test_bss_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
