// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of nl80211 -> structs. No I/O, every length checked. */
#include "agent/wifi/nl80211.h"

#include <linux/netlink.h>
#include <linux/nl80211.h>

#include "agent/wifi/elements.h"

#define CAP_ESS		0x0001u
#define CAP_IBSS	0x0002u
#define CAP_PRIVACY	0x0010u
#define DMG_MHZ		45000u		/* above: 60 GHz, where the two lowest bits are a number */
#define BYTES_MAX	0xffffu

/* One attribute that is looked for: how long it may be. */
struct want {
	u16 type;
	u16 min, max;
	bool needed;
};

/* What was found for the want of the same place; .data NULL: not there. */
struct found {
	const u8 *data;
	size_t len;
};

#define WANTS_MAX	16

static u16 u16_of(const struct found *f)
{
	u16 v = 0;

	if (f->data)
		memcpy(&v, f->data, sizeof(v));
	return v;
}

static u32 u32_of(const struct found *f)
{
	u32 v = 0;

	if (f->data)
		memcpy(&v, f->data, sizeof(v));
	return v;
}

static u64 u64_of(const struct found *f)
{
	u64 v = 0;

	if (f->data)
		memcpy(&v, f->data, sizeof(v));
	return v;
}

static void mac_of(const struct found *f, u8 ret[6])
{
	if (f->data)
		memcpy(ret, f->data, 6);
}

static int note(const struct want *wants, size_t n, u16 type, const u8 *data, size_t len,
		struct found *ret)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (wants[i].type != type)
			continue;
		if (ret[i].data || len < wants[i].min || len > wants[i].max)
			return -EBADMSG;
		ret[i].data = data;
		ret[i].len = len;
		return 0;
	}
	return 0;
}

/*
 * Finds @wants among the attributes; those that nobody wants are skipped: a
 * newer kernel may send more. -EBADMSG: cut off, twice, of a wrong length, or missing.
 */
static int find(const void *attrs, size_t len, const struct want *wants, size_t n,
		struct found *ret)
{
	const u8 *at = attrs;
	struct nlattr header;
	size_t i, step;
	int r;

	memset(ret, 0, n * sizeof(*ret));
	while (len) {
		if (len < sizeof(header))
			return -EBADMSG;
		memcpy(&header, at, sizeof(header));
		if (header.nla_len < sizeof(header) || header.nla_len > len)
			return -EBADMSG;
		r = note(wants, n, header.nla_type & NLA_TYPE_MASK, at + sizeof(header),
			 header.nla_len - sizeof(header), ret);
		if (r)
			return r;
		step = NLA_ALIGN(header.nla_len);
		if (step > len)		/* padding after the last one may be missing */
			step = len;
		at += step;
		len -= step;
	}
	for (i = 0; i < n; i++)
		if (wants[i].needed && !ret[i].data)
			return -EBADMSG;
	return 0;
}

/* enum kb_radio_event of a command; -ENOMSG: of no interest. */
static int event_of(u8 command)
{
	switch (command) {
	case NL80211_CMD_CONNECT:
		return KB_RADIO_CONNECT;
	case NL80211_CMD_ROAM:
		return KB_RADIO_ROAM;
	case NL80211_CMD_DISCONNECT:
		return KB_RADIO_DISCONNECT;
	case NL80211_CMD_NEW_STATION:
	case NL80211_CMD_DEL_STATION:
		return KB_RADIO_STATION;
	case NL80211_CMD_NEW_INTERFACE:
	case NL80211_CMD_SET_INTERFACE:
	case NL80211_CMD_DEL_INTERFACE:
		return KB_RADIO_INTERFACE;
	case NL80211_CMD_NEW_SCAN_RESULTS:
	case NL80211_CMD_SCAN_ABORTED:
		return KB_RADIO_SCAN_DONE;
	case NL80211_CMD_CH_SWITCH_NOTIFY:
		return KB_RADIO_CHANNEL;
	case NL80211_CMD_UNPROT_DEAUTHENTICATE:
	case NL80211_CMD_UNPROT_DISASSOCIATE:
	case NL80211_CMD_UNPROT_BEACON:
		return KB_RADIO_ATTACK;
	case NL80211_CMD_NOTIFY_CQM:
		return KB_RADIO_CQM;
	case NL80211_CMD_PORT_AUTHORIZED:
		return KB_RADIO_PORT;
	default:
		return -ENOMSG;
	}
}

/* A management frame: who sent it, and of the unprotected ones why. */
static void read_frame(const struct found *frame, struct kb_radio_notice *notice)
{
	const size_t sender = 10, body = 24;

	if (!frame->data || frame->len < body)
		return;
	memcpy(notice->bssid, frame->data + sender, 6);
	if (notice->command != NL80211_CMD_UNPROT_BEACON && frame->len >= body + 2)
		notice->reason = (u16)(frame->data[body] | frame->data[body + 1] << 8);
}

int kb_radio_decode_event(u8 command, const void *attrs, size_t len, struct kb_radio_notice *ret)
{
	enum { WIPHY, IFINDEX, WDEV, MAC, STATUS, REASON, BY_AP, REQ_IE, FREQ, FRAME, N };
	static const struct want wants[N] = {
		[WIPHY] = { NL80211_ATTR_WIPHY, 4, 4, false },
		[IFINDEX] = { NL80211_ATTR_IFINDEX, 4, 4, false },
		[WDEV] = { NL80211_ATTR_WDEV, 8, 8, false },
		[MAC] = { NL80211_ATTR_MAC, 6, 6, false },
		[STATUS] = { NL80211_ATTR_STATUS_CODE, 2, 2, false },
		[REASON] = { NL80211_ATTR_REASON_CODE, 2, 2, false },
		[BY_AP] = { NL80211_ATTR_DISCONNECTED_BY_AP, 0, 0, false },
		[REQ_IE] = { NL80211_ATTR_REQ_IE, 0, BYTES_MAX, false },
		[FREQ] = { NL80211_ATTR_WIPHY_FREQ, 4, 4, false },
		[FRAME] = { NL80211_ATTR_FRAME, 0, BYTES_MAX, false },
	};
	struct kb_radio_notice notice = { .command = command };
	struct found found[N];
	int r = event_of(command);

	if (r < 0)
		return r;
	notice.event = (enum kb_radio_event)r;
	r = find(attrs, len, wants, N, found);
	if (r)
		return r;
	notice.wiphy = u32_of(&found[WIPHY]);
	notice.ifindex = u32_of(&found[IFINDEX]);
	notice.wdev = u64_of(&found[WDEV]);
	notice.status = command == NL80211_CMD_SCAN_ABORTED ? -ECANCELED : u16_of(&found[STATUS]);
	notice.reason = u16_of(&found[REASON]);
	notice.by_ap = found[BY_AP].data;
	notice.req_ies = found[REQ_IE].data;
	notice.req_ies_len = found[REQ_IE].len;
	notice.frequency = u32_of(&found[FREQ]);
	if (notice.event == KB_RADIO_ATTACK)
		read_frame(&found[FRAME], &notice);
	mac_of(&found[MAC], notice.bssid);
	*ret = notice;
	return 0;
}

int kb_radio_decode_wdev(const void *attrs, size_t len, struct kb_wdev *ret)
{
	enum { WIPHY, WDEV, IFINDEX, IFNAME, IFTYPE, MAC, SSID, FREQ, N };
	static const struct want wants[N] = {
		[WIPHY] = { NL80211_ATTR_WIPHY, 4, 4, true },
		[WDEV] = { NL80211_ATTR_WDEV, 8, 8, true },
		[IFINDEX] = { NL80211_ATTR_IFINDEX, 4, 4, false },
		[IFNAME] = { NL80211_ATTR_IFNAME, 1, KB_IFNAME_MAX + 1, false },
		[IFTYPE] = { NL80211_ATTR_IFTYPE, 4, 4, true },
		[MAC] = { NL80211_ATTR_MAC, 6, 6, false },
		[SSID] = { NL80211_ATTR_SSID, 0, KB_SSID_MAX, false },
		[FREQ] = { NL80211_ATTR_WIPHY_FREQ, 4, 4, false },
	};
	struct found found[N];
	struct kb_wdev wdev = {};
	int r = find(attrs, len, wants, N, found);

	if (r)
		return r;
	if (found[IFNAME].data) {
		if (memchr(found[IFNAME].data, '\0', found[IFNAME].len) !=
		    found[IFNAME].data + found[IFNAME].len - 1)
			return -EBADMSG;
		memcpy(wdev.ifname, found[IFNAME].data, found[IFNAME].len);
	}
	wdev.wiphy = u32_of(&found[WIPHY]);
	wdev.id = u64_of(&found[WDEV]);
	wdev.ifindex = u32_of(&found[IFINDEX]);
	wdev.iftype = u32_of(&found[IFTYPE]);
	mac_of(&found[MAC], wdev.mac);
	if (found[SSID].data)
		memcpy(wdev.ssid, found[SSID].data, found[SSID].len);
	wdev.ssid_len = (u8)found[SSID].len;
	wdev.frequency = u32_of(&found[FREQ]);
	*ret = wdev;
	return 0;
}

static bool flag_set(const struct nl80211_sta_flag_update *flags, unsigned int flag)
{
	return flags->mask & flags->set & 1u << flag;
}

int kb_radio_decode_station(const void *attrs, size_t len, struct kb_station *ret)
{
	enum { MAC, INFO, N };
	static const struct want wants[N] = {
		[MAC] = { NL80211_ATTR_MAC, 6, 6, true },
		[INFO] = { NL80211_ATTR_STA_INFO, 0, BYTES_MAX, true },
	};
	enum { SIGNAL, AVERAGE, FLAGS, N_INFO };
	static const struct want info_wants[N_INFO] = {
		[SIGNAL] = { NL80211_STA_INFO_SIGNAL, 1, 1, false },
		[AVERAGE] = { NL80211_STA_INFO_SIGNAL_AVG, 1, 1, false },
		[FLAGS] = { NL80211_STA_INFO_STA_FLAGS, sizeof(struct nl80211_sta_flag_update),
			    sizeof(struct nl80211_sta_flag_update), false },
	};
	struct nl80211_sta_flag_update flags = {};
	struct found found[N], info[N_INFO];
	struct kb_station station = {};
	int r = find(attrs, len, wants, N, found);

	if (!r)
		r = find(found[INFO].data, found[INFO].len, info_wants, N_INFO, info);
	if (r)
		return r;
	mac_of(&found[MAC], station.bssid);
	if (info[SIGNAL].data)
		station.signal = (int8_t)*info[SIGNAL].data;
	else if (info[AVERAGE].data)
		station.signal = (int8_t)*info[AVERAGE].data;
	if (info[FLAGS].data)
		memcpy(&flags, info[FLAGS].data, sizeof(flags));
	station.authorized = flag_set(&flags, NL80211_STA_FLAG_AUTHORIZED);
	station.mfp = flag_set(&flags, NL80211_STA_FLAG_MFP);
	station.associated = flag_set(&flags, NL80211_STA_FLAG_ASSOCIATED);
	*ret = station;
	return 0;
}

enum bss_found {
	BSS_BSSID, BSS_FREQUENCY, BSS_TSF, BSS_CAPABILITY, BSS_IES, BSS_BEACON_IES, BSS_MBM,
	BSS_UNSPEC, BSS_STATUS, BSS_AGE, BSS_BOOTTIME, BSS_PRESP, BSS_BEACON_TSF, BSS_N
};

static const struct want bss_wants[BSS_N] = {
	[BSS_BSSID] = { NL80211_BSS_BSSID, 6, 6, true },
	[BSS_FREQUENCY] = { NL80211_BSS_FREQUENCY, 4, 4, true },
	[BSS_TSF] = { NL80211_BSS_TSF, 8, 8, false },
	[BSS_CAPABILITY] = { NL80211_BSS_CAPABILITY, 2, 2, true },
	[BSS_IES] = { NL80211_BSS_INFORMATION_ELEMENTS, 0, BYTES_MAX, false },
	[BSS_BEACON_IES] = { NL80211_BSS_BEACON_IES, 0, BYTES_MAX, false },
	[BSS_MBM] = { NL80211_BSS_SIGNAL_MBM, 4, 4, false },
	[BSS_UNSPEC] = { NL80211_BSS_SIGNAL_UNSPEC, 1, 1, false },
	[BSS_STATUS] = { NL80211_BSS_STATUS, 4, 4, false },
	[BSS_AGE] = { NL80211_BSS_SEEN_MS_AGO, 4, 4, false },
	[BSS_BOOTTIME] = { NL80211_BSS_LAST_SEEN_BOOTTIME, 8, 8, false },
	[BSS_PRESP] = { NL80211_BSS_PRESP_DATA, 0, 0, false },
	[BSS_BEACON_TSF] = { NL80211_BSS_BEACON_TSF, 8, 8, false },
};

static u64 heard_at(const struct found *found, u64 now_usec)
{
	u64 at = u64_of(&found[BSS_BOOTTIME]) / 1000, age = (u64)u32_of(&found[BSS_AGE]) * 1000;

	if (at && at <= now_usec)
		return at;
	if (!found[BSS_AGE].data)
		return 0;	/* never, as far as anybody knows */
	return age < now_usec ? now_usec - age : 0;
}

/*
 * Beacon and probe response are kept side by side, and when either of them was heard last is one
 * number for both. It belongs to the later one, which is the one whose clock is ahead.
 */
static u64 newest_tsf(const struct found *found)
{
	u64 last = u64_of(&found[BSS_TSF]), beacon = u64_of(&found[BSS_BEACON_TSF]);

	return last > beacon ? last : beacon;
}

/* dBm; drivers that have no unit for it say 0..100. */
static s32 signal_of(const struct found *found)
{
	if (found[BSS_MBM].data)
		return (s32)u32_of(&found[BSS_MBM]) / 100;
	if (!found[BSS_UNSPEC].data)
		return 0;
	return (*found[BSS_UNSPEC].data > 100 ? 100 : *found[BSS_UNSPEC].data) / 2 - 100;
}

static void read_capability(u16 capability, struct kb_bss *bss)
{
	bss->privacy = capability & CAP_PRIVACY;
	if (bss->frequency > DMG_MHZ)
		bss->ess = (capability & (CAP_ESS | CAP_IBSS)) == (CAP_ESS | CAP_IBSS);
	else
		bss->ess = (capability & CAP_ESS) && !(capability & CAP_IBSS);
}

int kb_radio_decode_bss(const void *attrs, size_t len, u64 now_usec, struct kb_bss *ret)
{
	static const struct want outer = { NL80211_ATTR_BSS, 0, BYTES_MAX, true };
	struct found nest, found[BSS_N];
	struct kb_bss bss = {};
	u32 status;
	int r = find(attrs, len, &outer, 1, &nest);

	if (!r)
		r = find(nest.data, nest.len, bss_wants, BSS_N, found);
	if (r)
		return r;
	mac_of(&found[BSS_BSSID], bss.bssid);
	bss.frequency = u32_of(&found[BSS_FREQUENCY]);
	bss.signal = signal_of(found);
	bss.tsf = newest_tsf(found);
	bss.heard_usec = heard_at(found, now_usec);
	read_capability(u16_of(&found[BSS_CAPABILITY]), &bss);
	status = u32_of(&found[BSS_STATUS]);
	bss.associated = found[BSS_STATUS].data && status == NL80211_BSS_STATUS_ASSOCIATED;
	bss.from_probe = found[BSS_PRESP].data && !found[BSS_BEACON_IES].data;
	kb_bss_read_elements(found[BSS_IES].data, found[BSS_IES].len, found[BSS_BEACON_IES].data,
			     found[BSS_BEACON_IES].len, &bss);
	*ret = bss;
	return 0;
}
