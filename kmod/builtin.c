// SPDX-License-Identifier: GPL-2.0-only
/* The policy that the module carries within itself, for a terminal that has no signed one yet. */
#include "builtin.h"

#include <linux/module.h>

#include "policy.h"

static bool fallback;
module_param(fallback, bool, 0444);
MODULE_PARM_DESC(fallback, "until a signed policy comes, refuse USB media by a built-in one");

/* policy/builtin/fallback.yaml */
static const u8 fallback_blob[] = {
#include "builtin_blob.inc"
};

/*
 * Refusing to load would leave the terminal without the module, so that no
 * signed policy could come into force either: less than this.
 */
static void put_in_force(const void *blob, size_t len)
{
	struct kb_blob_error why = {};
	int err = kb_policy_fall_back(blob, len, &why);

	if (err)
		pr_alert("kidoban: the built-in fallback cannot be put in force (%d): %s\n", err,
			 why.text);
	else
		pr_notice("kidoban: the built-in fallback is in force until a signed policy comes\n");
}

void kb_builtin_init(void)
{
	if (fallback)
		put_in_force(fallback_blob, sizeof(fallback_blob));
}
