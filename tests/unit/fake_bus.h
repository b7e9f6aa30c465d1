/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message bus of the test's own, and on it an iwd, a NetworkManager, a wpa_supplicant that say what they are told to. */
#ifndef TESTS_UNIT_FAKE_BUS_H
#define TESTS_UNIT_FAKE_BUS_H

#include <stdbool.h>
#include <sys/types.h>

#define FAKE_IWD	1u
#define FAKE_NM		2u
#define FAKE_WPA	4u

enum fake_mood { FAKE_ANSWERS, FAKE_HANGS, FAKE_GARBAGE, FAKE_ERRORS };

/* What they say; change it under fake_bus_lock(). Strings are borrowed. */
struct fake_world {
	enum fake_mood mood;
	/* iwd */
	const char *device, *state, *state_then, *network, *bssid;
	/* NetworkManager */
	bool managed;
	unsigned int device_state;
	const char *applied_eap, *applied_ca, *applied_domain;	/* NULL: nothing is active */
	/* wpa_supplicant below it */
	const char *wpa_state, *wpa_network, *wpa_ca, *wpa_domain, *wpa_eap;
	unsigned char wpa_bssid[6];
	unsigned int calls, disconnects, reloads;
};

/* Starts a bus with its socket at @path. */
pid_t fake_bus_start(const char *dir, const char *path);
void fake_bus_stop(pid_t pid);

/* Somebody on it who has the names of @who; returns when he has. */
struct fake_peer;
struct fake_peer *fake_peer_start(const char *path, unsigned int who, struct fake_world *world);
void fake_peer_stop(struct fake_peer *peer);
void fake_lock(struct fake_peer *peer);
void fake_unlock(struct fake_peer *peer);
/* iwd's station changed its state; wpa_supplicant's EAP says @status, @parameter. */
void fake_signal_state(struct fake_peer *peer);
void fake_signal_eap(struct fake_peer *peer, const char *status, const char *parameter);

#endif
