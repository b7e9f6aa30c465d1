/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sealing and loading in a process of its own, which ends with it. */
#ifndef AGENT_WORKER_H
#define AGENT_WORKER_H

#include "agent/store.h"

struct kb_worker_result {
	int seal_err;			/* 0, or why trust is not sealed */
	bool unready;			/* because of what lies in the configuration, or is missing there */
	bool fresh;			/* sealed just now: the module is new to us */
	int load_err;			/* 0, or why no bundle was loaded */
	struct kb_loaded loaded;
	struct kb_fault fault;		/* of whichever went wrong */
};

struct kb_worker {
	int pid;			/* 0 = none is at work */
	int fd;				/* becomes readable when the result is there or the child died */
};

/*
 * Starts kb_seal() and kb_store_load() in a child: what parses files, and the
 * libraries and memory that takes, is gone afterwards, and a crash there ends
 * the attempt instead of the agent. Trust is sealed when that was @asked for (agent/readiness.h).
 * @note is called in the child. -errno, told.
 */
int kb_worker_start(struct kb_worker *worker, const char *config_dir, const char *state_dir,
		    bool asked, kb_note_fn note, struct kb_fault *ret_fault);

/* Takes the result, waiting for it. *ret is always filled: -EIO in seal_err when the child died. */
void kb_worker_finish(struct kb_worker *worker, struct kb_worker_result *ret);

#endif
