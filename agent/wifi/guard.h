/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the supplicant's configuration as the policy has it: hand edits are noticed, told, put back (W1). */
#ifndef AGENT_WIFI_GUARD_H
#define AGENT_WIFI_GUARD_H

#include <systemd/sd-event.h>

#include "agent/wifi/provision.h"
#include "agent/wifi/supplicant.h"

struct kb_guard;

/*
 * For the warden: kb_guard_new() once; kb_guard_policy() after every
 * kb_supplicant_open() and whenever another policy is in force; kb_guard_policy(guard, NULL, NULL)
 * before kb_supplicant_close(); kb_guard_supplicant() when a supplicant says CAME or GONE.
 * In .changed the warden proves every interface anew.
 */
struct kb_guard_host {
	sd_event *event;
	const char *root;		/* below which the files lie; NULL = "/" */
	/* Files were put back and the supplicant was told to read them: what it demands may be another. */
	void (*changed)(void *userdata);
	/* What to tell, as syslog(3) has priorities; NULL = the journal, as KB_MESSAGE_WIFI_PROVISION. */
	void (*tell)(int priority, const char *text, void *userdata);
	void *userdata;
};

/* 0, -ENOMEM. .root must stay. */
int kb_guard_new(const struct kb_guard_host *host, struct kb_guard **ret);
void kb_guard_free(struct kb_guard *guard);

/*
 * Under @policy (NULL, or without "provision", or with mode.wifi off: nothing is kept) the
 * files are rendered, put in place, and watched. Writing is a child's work: nothing here
 * waits. @link tells which supplicant it is where the policy says "auto", and
 * is told to read its files again; NULL: there is none, then "auto" keeps nothing.
 * Both are borrowed until the next call. Trouble is told, and tried again later.
 */
void kb_guard_policy(struct kb_guard *guard, const struct kb_agent_policy *policy,
		     struct kb_supplicant_link *link);

/* Another supplicant may be there than before. */
void kb_guard_supplicant(struct kb_guard *guard);

#endif
