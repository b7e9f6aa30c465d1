/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module under test: in and out of the kernel, and what the tests' policies look like. */
#ifndef SELFTEST_GATE_H
#define SELFTEST_GATE_H

#include <kidoban/types.h>

#include "client.h"
#include "kmod/tests/maker.h"

/*
 * Loads $KIDOBAN_MODULE, or ../kmod/<release>/kidoban.ko as seen from the
 * program. 0 or a negative errno; -EEXIST when it is loaded already.
 */
int gate_insert(void);
/* Unloads it; waits while sockets that are being closed hold it. -EWOULDBLOCK when it is pinned. */
int gate_remove(void);

/* A sealed terminal of municipality 131016, group shared-terminals, with that floor. */
int gate_seal(const struct client *c, bool approver, u32 epoch, u32 serial);

/* A policy of kmod/tests/maker.h, signed; without @approver by the author alone. */
struct offer {
	struct bytes blob, author, approver;
};
struct offer gate_offer(const struct kb_sample *sample, bool approver);
/* The like out of any bytes. */
struct offer gate_offer_bytes(const void *blob, size_t len, bool approver);
void offer_done(struct offer *offer);
struct answer gate_load(const struct client *c, const struct offer *offer);

#endif
