// SPDX-License-Identifier: GPL-2.0-only
/* kmemleak's verdict on the whole KUnit run, taken as the kernel goes down. */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/kthread.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/reboot.h>
#include <linux/workqueue.h>

/* kmemleak passes over anything younger than this: mm/kmemleak.c MSECS_MIN_AGE */
#define LEAK_MIN_AGE_MS 5000

static DECLARE_COMPLETION(leak_done);

/*
 * The scan wants a kthread to run in (it asks kthread_should_stop()). The first
 * scan only notes checksums of what still changes; the second one reports.
 */
static int leak_scan(void *unused)
{
	void (*scan)(void) = (void *)kallsyms_lookup_name("kmemleak_scan");

	flush_scheduled_work();
	rcu_barrier();
	msleep(LEAK_MIN_AGE_MS + 100);
	if (scan) {
		scan();
		scan();
		pr_info("kidoban-kunit: leak scan complete\n");
	}
	complete(&leak_done);
	return 0;
}

static int leak_reboot(struct notifier_block *nb, unsigned long action,
		       void *data)
{
	struct task_struct *task = kthread_run(leak_scan, NULL, "leak_scan");

	if (!IS_ERR(task))
		wait_for_completion(&leak_done);
	return NOTIFY_DONE;
}

static struct notifier_block leak_notifier = {
	.notifier_call = leak_reboot,
};

static int __init leak_init(void)
{
	return register_reboot_notifier(&leak_notifier);
}
late_initcall(leak_init);
