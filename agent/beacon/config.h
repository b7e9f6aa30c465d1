/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a beacon says of itself: /etc/kidoban/beacon.yaml. */
#ifndef AGENT_BEACON_CONFIG_H
#define AGENT_BEACON_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/cleanup.h"
#include "policy/fault.h"

#define KB_BEACON_CONFIG	"/etc/kidoban/beacon.yaml"

struct kb_beacon_config {		/* owns everything below */
	char *site, *name, *zone;
	char *key;			/* file; relative ones stand beside the configuration */
	char **interfaces;		/* whose questions are answered; none = all but loopback */
	uint32_t n_interfaces;
	bool unicast;			/* questions to this machine's own addresses, too */
	uint32_t port;
};

/*
 * -EBADMSG with "file:line:column: what" when it is wrong, or the errno of
 * reading it, -ENOMEM. Free with kb_beacon_config_free() (NULL is fine).
 */
int kb_beacon_config_read(const char *path, struct kb_beacon_config **ret,
			  struct kb_fault *ret_fault);
void kb_beacon_config_free(struct kb_beacon_config *config);
KB_DEFINE_CLEANUP(struct kb_beacon_config *, kb_beacon_config_free)

#endif
