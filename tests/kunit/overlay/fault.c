// SPDX-License-Identifier: GPL-2.0-only
/* Lets a suite's current->fail_nth reach every kmalloc, quietly. */

#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/init.h>
#include <linux/kallsyms.h>

/* The beginning of mm/failslab.c's variable, which only debugfs can change. */
struct failslab {
	struct fault_attr attr;
	bool ignore_gfp_reclaim;
};

static int __init fault_init(void)
{
	struct failslab *failslab = (void *)kallsyms_lookup_name("failslab");

	if (!failslab)
		return -ENOENT;
	failslab->ignore_gfp_reclaim = false;
	failslab->attr.verbose = 0;
	return 0;
}
late_initcall(fault_init);
