// SPDX-License-Identifier: GPL-2.0-only
/* kidoban: makes a staff terminal obey one signed policy. Here only the order of things. */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "builtin.h"
#include "event.h"
#include "isolate.h"
#include "lease.h"
#include "link.h"
#include "media.h"
#include "netlink.h"
#include "path.h"
#include "policy.h"
#include "trust.h"

static int __init kb_init(void)
{
	int err;

	err = kb_trust_init();
	if (err)
		return err;
	err = kb_lease_init();
	if (err)
		goto err_trust;
	err = kb_path_init();
	if (err)
		goto err_lease;
	err = kb_link_init();
	if (err)
		goto err_path;
	/* before the first device is judged and before anybody can ask */
	kb_builtin_init();
	err = kb_media_init();
	if (err)
		goto err_builtin;
	err = kb_netlink_init();
	if (err)
		goto err_media;
	pr_info("kidoban: " KB_VERSION " loaded, no signed policy in force\n");
	return 0;

err_media:
	kb_media_exit();
err_builtin:
	kb_link_exit();
err_path:
	kb_path_exit();
err_lease:
	kb_lease_exit();
	kb_policy_exit();
	kb_event_exit();
err_trust:
	kb_trust_exit();
	return err;
}

/*
 * Kernels built for it let `rmmod -f` overlook that we are in use, and call
 * the exit function all the same. A lock is a lock: this thread then stays
 * here for good (out of the freezer's way, so that suspend works) and the
 * module lives on, because leaving would free the code it stands in.
 */
static void kb_refuse_exit(void)
{
	pr_alert("kidoban: locked by policy; forced removal refused, load a signed release first\n");
	__module_get(THIS_MODULE);
	WRITE_ONCE(THIS_MODULE->state, MODULE_STATE_LIVE);
	current->flags |= PF_NOFREEZE;
	for (;;) {
		set_current_state(TASK_IDLE);
		schedule();
	}
}

static void __exit kb_exit(void)
{
	if (kb_policy_locked())
		kb_refuse_exit();
	kb_netlink_exit();
	kb_media_exit();
	kb_lease_exit();
	kb_link_exit();
	kb_path_exit();
	kb_isolate_exit();
	kb_policy_exit();
	kb_event_exit();
	kb_trust_exit();
}

module_init(kb_init);
module_exit(kb_exit);

MODULE_DESCRIPTION("Keeper of the ward gate: obeys one signed policy about media and networks");
MODULE_LICENSE("GPL");
/* Signatures are over sha256: the implementation for this processor comes before the first. */
MODULE_SOFTDEP("pre: sha256");
MODULE_VERSION(KB_VERSION);
