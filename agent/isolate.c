// SPDX-License-Identifier: GPL-2.0-or-later
/* Isolation that outlives reboots: the disk and the kernel brought into step (N6). */
#include "agent/isolate.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "agent/paths.h"
#include "agent/state.h"
#include "policy/i18n.h"

int kb_isolate_name(u8 ret[KB_ISOLATION_LEN])
{
	ssize_t n = getrandom(ret, KB_ISOLATION_LEN, 0);

	return n == KB_ISOLATION_LEN ? 0 : n < 0 ? -errno : -EIO;
}

static int remember(const char *state_dir, const u8 id[KB_ISOLATION_LEN], struct kb_fault *ret_fault)
{
	int r = kb_isolation_write(state_dir, id);

	return r ? kb_fault(ret_fault, r, _("cannot remember in %s that this terminal is isolated: %s"),
			    state_dir, strerror(-r)) : 0;
}

/* Whether and how the disk says so; a damaged file says yes, under a name that is made now. */
static int recall(const char *state_dir, u8 ret[KB_ISOLATION_LEN], struct kb_fault *ret_fault)
{
	int r = kb_isolation_read(state_dir, ret);

	if (r == -EBADMSG) {
		r = kb_isolate_name(ret);
		/* told by the status from now on; what can be kept is kept */
		if (!r)
			remember(state_dir, ret, NULL);
	}
	if (r && r != -ENOENT)
		kb_fault(ret_fault, r, _("cannot read %s/%s: %s"), state_dir, KB_ISOLATION_FILE,
			 strerror(-r));
	return r;
}

int kb_isolate_restore(struct kb_wire *wire, const char *state_dir, struct kb_fault *ret_fault)
{
	u8 id[KB_ISOLATION_LEN];
	int r = recall(state_dir, id, ret_fault);

	if (r)
		return r == -ENOENT ? 0 : r;
	r = kb_wire_isolate(wire, id, ret_fault);
	return r == -EALREADY ? 0 : r;
}

int kb_isolate_follow(struct kb_wire *wire, const char *state_dir, struct kb_fault *ret_fault)
{
	u8 id[KB_ISOLATION_LEN];
	struct kb_status status;
	int r = kb_wire_status(wire, &status, ret_fault);

	if (r)
		return r;
	if (!status.isolated) {
		r = kb_isolation_clear(state_dir);
		return r ? kb_fault(ret_fault, r, _("cannot remove %s/%s: %s"), state_dir,
				    KB_ISOLATION_FILE, strerror(-r)) : 0;
	}
	if (!kb_isolation_read(state_dir, id) && !memcmp(id, status.isolation, sizeof(id)))
		return 0;
	return remember(state_dir, status.isolation, ret_fault);
}
