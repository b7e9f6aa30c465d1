// SPDX-License-Identifier: GPL-2.0-or-later
/* May trust be sealed, or is the administrator still copying? */
#include "agent/readiness.h"

#include "agent/paths.h"
#include "agent/terminal.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/trust.h"

/* Is there an author at all? What is wrong with single files comes after that. */
static int check_trust(const char *config_dir, struct kb_trust *trust, struct kb_fault *ret_fault)
{
	KB_FREE char *dir = kb_path_join(config_dir, KB_TRUST_DIR);
	int r = dir ? kb_trust_read(dir, trust, ret_fault) : -ENOMEM;

	if ((!r && !kb_trust_count(trust, KB_RING_AUTHOR) && !trust->n_problems) || r == -ENOENT)
		return kb_fault(ret_fault, -ENOKEY,
				_("no author certificate in %s/%s/author: copy one, then type: systemctl reload kidoband"),
				config_dir, KB_TRUST_DIR);
	return r ?: kb_trust_usable(trust, ret_fault);
}

static int check_name(const char *config_dir, struct kb_fault *ret_fault)
{
	struct kb_terminal terminal;
	int r = kb_terminal_read(config_dir, &terminal, ret_fault);

	if (r == -ENOENT)
		return kb_fault(ret_fault, r,
				_("no %s/%s: write who this terminal is, then type: systemctl reload kidoband"),
				config_dir, KB_TERMINAL_FILE);
	return r;
}

int kb_readiness(const char *config_dir, bool asked, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	int r = check_trust(config_dir, &trust, ret_fault);

	if (!r)
		r = check_name(config_dir, ret_fault);
	if (r || asked)
		return r;
	return kb_fault(ret_fault, -EAGAIN,
			_("certificates of %zu authors and %zu approvers are there; when these are all, type: systemctl reload kidoband"),
			kb_trust_count(&trust, KB_RING_AUTHOR), kb_trust_count(&trust, KB_RING_APPROVER));
}
