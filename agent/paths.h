/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where things lie on a terminal. */
#ifndef AGENT_PATHS_H
#define AGENT_PATHS_H

#define KB_CONFIG_DIR		"/etc/kidoban"		/* terminal.yaml, trust/, policy.kdb */
#define KB_STATE_DIR		"/var/lib/kidoban"	/* policy.kdb, state, events, isolation */
#define KB_RUNTIME_DIR		"/run/kidoban"		/* what the agent sees now */
#define KB_TERMINAL_FILE	"terminal.yaml"
#define KB_TRUST_DIR		"trust"
#define KB_CLIENTS_FILE		"screen-clients"	/* below the configuration: what run-screen may start */
#define KB_BUNDLE_FILE		"policy.kdb"
#define KB_PREVIOUS_FILE	"policy.kdb.previous"	/* below the state directory: the one before */
#define KB_STATE_FILE		"state"
#define KB_CURSOR_FILE		"events"
#define KB_ISOLATION_FILE	"isolation"
#define KB_CARRY_FILE		"carry"
#define KB_GRANT_DIR		"grants"		/* below the state directory: ID.grant, ID.ended */
#define KB_PLACE_FILE		"place.json"		/* below the runtime directory */
#define KB_EARLY_FILE		"early"			/* below the runtime directory: what early boot did;
							 * below the state directory: what it was given */

#endif
