/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three that may manage wireless interfaces, as supplicant.c asks them. */
#ifndef AGENT_WIFI_SUPPLICANT_BACKEND_H
#define AGENT_WIFI_SUPPLICANT_BACKEND_H

#include "agent/wifi/bus.h"
#include "agent/wifi/supplicant.h"

/* What one call of supplicant.h may take altogether. */
#define KB_SUPPLICANT_PATIENCE_USEC	(900 * 1000)

/* Where they are found; NULL = where they are on a terminal. Borrowed while open. */
struct kb_supplicant_places {
	const char *wpa_dir;		/* control sockets: /run/wpa_supplicant */
	const char *client_dir;		/* where our ends of them lie: /run/kidoban */
	const char *iwd_dir;		/* iwd's networks: /var/lib/iwd */
	const char *bus;		/* socket of the message bus: /run/dbus/system_bus_socket */
};

/* kb_supplicant_open() with other places. */
int kb_supplicant_open_at(const struct kb_supplicant_places *places, enum kb_supplicant wanted,
			  sd_event *event, kb_supplicant_fn fn, void *userdata,
			  struct kb_supplicant_link **ret, struct kb_fault *ret_fault);

/* To whom a backend tells what happened. */
struct kb_supplicant_listener {
	sd_event *event;
	kb_supplicant_fn fn;
	void *userdata;
};

void kb_supplicant_tell(const struct kb_supplicant_listener *to, enum kb_supplicant_event event,
			const char *ifname, const u8 bssid[6], const char *detail);

/*
 * What each of them can do. @deadline is CLOCK_MONOTONIC µs: no call waits beyond it
 * (-ETIMEDOUT). -ENODEV: it does not manage that interface. -ENOENT: it is not there.
 */
struct kb_supplicant_ops {
	bool (*there)(void *self);
	int (*ask)(void *self, const char *ifname, u64 deadline, struct kb_supplicant_facts *ret,
		   struct kb_fault *ret_fault);
	int (*disconnect)(void *self, const char *ifname, u64 deadline, struct kb_fault *ret_fault);
	int (*rejoin)(void *self, const char *ifname, u64 deadline, struct kb_fault *ret_fault);
	int (*avoid)(void *self, const char *ifname, const u8 bssid[6], u64 deadline,
		     struct kb_fault *ret_fault);
	int (*reload)(void *self, u64 deadline, struct kb_fault *ret_fault);
};

/* wpa_supplicant by its control sockets (supplicant_wpa.c). */
struct kb_wpa;
int kb_wpa_new(const struct kb_supplicant_places *places, const struct kb_supplicant_listener *to,
	       struct kb_wpa **ret, struct kb_fault *ret_fault);
void kb_wpa_free(struct kb_wpa *wpa);
extern const struct kb_supplicant_ops kb_wpa_ops;

/* iwd on the bus, which is borrowed (supplicant_iwd.c). */
struct kb_iwd;
int kb_iwd_new(const struct kb_supplicant_places *places, const struct kb_supplicant_listener *to,
	       struct kb_bus *bus, struct kb_iwd **ret);
void kb_iwd_free(struct kb_iwd *iwd);
extern const struct kb_supplicant_ops kb_iwd_ops;

/*
 * NetworkManager (supplicant_nm.c). Below it is wpa_supplicant, whose control
 * sockets (@wpa), where it has them, say more than its bus does; or @iwd. Both are borrowed.
 */
struct kb_nm;
int kb_nm_new(const struct kb_supplicant_listener *to, struct kb_bus *bus, struct kb_wpa *wpa,
	      struct kb_iwd *iwd, struct kb_nm **ret);
void kb_nm_free(struct kb_nm *nm);
extern const struct kb_supplicant_ops kb_nm_ops;

#endif
