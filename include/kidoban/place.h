/* SPDX-License-Identifier: GPL-2.0-only */
/* Places: zones and the evidence by which a terminal knows that it is in one (P1). */
#ifndef KIDOBAN_PLACE_H
#define KIDOBAN_PLACE_H

#include <kidoban/link.h>
#include <kidoban/types.h>
#include <kidoban/usb.h>
#include <uapi/kidoban/agent.h>
#include <uapi/kidoban/limits.h>

#define KB_BEACON_KEY_LEN	32

/* How hard evidence is to forge. */
enum kb_evidence_class {
	KB_EVIDENCE_CRYPTOGRAPHIC,
	KB_EVIDENCE_PHYSICAL,
	KB_EVIDENCE_WEAK,		/* no weight alone */
};

static inline enum kb_evidence_class kb_evidence_class(enum kb_evidence_kind kind)
{
	switch (kind) {
	case KB_EVIDENCE_EAP:
	case KB_EVIDENCE_BEACON:
		return KB_EVIDENCE_CRYPTOGRAPHIC;
	case KB_EVIDENCE_AP:
	case KB_EVIDENCE_LLDP:
	case KB_EVIDENCE_DOCK:
	case KB_EVIDENCE_GNSS:
		return KB_EVIDENCE_PHYSICAL;
	default:
		return KB_EVIDENCE_WEAK;
	}
}

/* One piece; only the member of its kind is filled. Strings and arrays are the policy's. */
struct kb_evidence {
	enum kb_evidence_kind kind;
	union {
		struct {
			u16 profile;		/* index, KB_INDEX_NONE = any that has EAP */
		} eap;
		struct {
			const char *name;
			u8 key[KB_BEACON_KEY_LEN];	/* Ed25519, public */
			const char *host;	/* NULL: link-local multicast */
			u16 port;
			u32 rtt_usec;
		} beacon;
		struct {
			u32 n_bssids;
			const struct kb_link_mac *bssids;
			u8 count;
			u8 signal;		/* -dBm */
		} ap;
		struct {
			const char *chassis;
			u32 n_ports;
			const char *const *ports;	/* none: any */
		} lldp;
		struct {
			struct kb_usb_id id;
			const char *serial, *port;	/* may be NULL */
		} dock;
		struct {
			u32 n_macs;
			const struct kb_link_mac *macs;
		} gateway;
		struct {
			s32 latitude, longitude;	/* 1e-7 degrees, WGS 84 */
			u32 radius;		/* metres */
		} gnss;
	};
};

struct kb_place {
	u16 zone;			/* index */
	const char *name, *label;	/* of the zone; label may be NULL */
	u8 need;
	u32 grace;			/* seconds */
	bool lock, cut;
	u32 n_evidence;
	const struct kb_evidence *evidence;
};

#endif
