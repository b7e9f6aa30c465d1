/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A first policy from what is plugged in now. */
#ifndef KIDOBAN_POLICY_GENERATE_H
#define KIDOBAN_POLICY_GENERATE_H

#include <stdint.h>
#include <stdio.h>

#include "policy/sysfs.h"

struct kb_generate_options {
	const char *municipality, *group;	/* NULL: placeholders that check complains about */
	uint32_t serial;
	uint64_t expires;		/* seconds since 1970 */
};

/*
 * Writes commented policy text to @out, mode audit. Each device that is not
 * a hub gets a rule by id, serial and the classes it shows; what stores or
 * networks is only suggested, in comments. Twins (same id, same serial or
 * none) are told apart by their ports.
 */
void kb_generate(const struct kb_sysfs_devices *devices, const struct kb_generate_options *options,
		 FILE *out);

#endif
