/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whoever manages the wireless interfaces: wpa_supplicant, iwd, NetworkManager. */
#ifndef AGENT_WIFI_SUPPLICANT_H
#define AGENT_WIFI_SUPPLICANT_H

#include <systemd/sd-event.h>

#include "agent/wifi/proof.h"
#include "policy/fault.h"

enum kb_supplicant_event {
	KB_SUPPLICANT_CHANGED,		/* state of an interface: prove again */
	KB_SUPPLICANT_CERTIFICATE,	/* the server's certificate was refused at .bssid */
	KB_SUPPLICANT_FAILURE,		/* authentication failed */
	KB_SUPPLICANT_CAME,
	KB_SUPPLICANT_GONE,
	KB_SUPPLICANT_EVENT_MAX
};

struct kb_supplicant_notice {
	enum kb_supplicant_event event;
	char ifname[KB_IFNAME_MAX + 1];	/* "" = all */
	u8 bssid[6];			/* zero = unknown */
	char detail[160];		/* as the supplicant says it */
};

typedef void (*kb_supplicant_fn)(const struct kb_supplicant_notice *notice, void *userdata);

struct kb_supplicant_link;

/*
 * Connects to @wanted, or with AUTO to whichever of the three is there, and
 * follows it: one that comes later, or again, is found. Never blocks longer
 * than a second in any call. With NONE every question says "not known".
 * @fn is called from @event's loop.
 */
int kb_supplicant_open(enum kb_supplicant wanted, sd_event *event, kb_supplicant_fn fn,
		       void *userdata, struct kb_supplicant_link **ret, struct kb_fault *ret_fault);
void kb_supplicant_close(struct kb_supplicant_link *link);
/* Which one it is now; NONE while none is there. */
enum kb_supplicant kb_supplicant_kind(const struct kb_supplicant_link *link);
const char *kb_supplicant_name(enum kb_supplicant kind);	/* "wpa_supplicant" ... */

/* .known false when nobody manages @ifname. -ETIMEDOUT: it does not answer. */
int kb_supplicant_ask(struct kb_supplicant_link *link, const char *ifname,
		      struct kb_supplicant_facts *ret, struct kb_fault *ret_fault);
int kb_supplicant_disconnect(struct kb_supplicant_link *link, const char *ifname,
			     struct kb_fault *ret_fault);
/*
 * It may join again by itself: one that was made to disconnect waits for a person otherwise.
 * -EOPNOTSUPP: it cannot be told; switching the link off and on does it.
 */
int kb_supplicant_rejoin(struct kb_supplicant_link *link, const char *ifname,
			 struct kb_fault *ret_fault);
/* It shall not join @bssid (until it is restarted), and leave it if it is there. -EOPNOTSUPP. */
int kb_supplicant_avoid(struct kb_supplicant_link *link, const char *ifname, const u8 bssid[6],
			struct kb_fault *ret_fault);
/* Reads its configuration anew. */
int kb_supplicant_reload(struct kb_supplicant_link *link, struct kb_fault *ret_fault);

#endif
