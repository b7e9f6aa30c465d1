/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who came to root through pkexec or sudo, and what is done for those who gave no password. */
#ifndef AGENT_CALLER_H
#define AGENT_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

#include "policy/fault.h"

enum kb_caller_way {
	KB_CALLER_NOBODY,		/* root himself, or nobody who was named */
	KB_CALLER_SUDO,			/* an administrator's sudoers lets him */
	KB_CALLER_PKEXEC,		/* polkit does, perhaps without a password */
};

struct kb_caller {
	enum kb_caller_way way;
	uid_t uid;			/* never 0 unless the way is KB_CALLER_NOBODY */
};

/*
 * Reads what pkexec and sudo leave in the environment. pkexec goes first: it empties the
 * environment, so both together were put there by root. -EINVAL with a sentence when a
 * number is none. Who is root already counts as nobody.
 */
int kb_caller_get(struct kb_caller *ret, struct kb_fault *ret_fault);

/* Whether packaging/polkit gives @verb to whoever sits at the terminal, without a password. */
bool kb_caller_is_staff_verb(const char *verb);

/*
 * May the command with main()'s arguments run? pkexec compares the verb alone, so
 * whatever stands behind it was chosen by somebody who gave no password: options that
 * name files or folders would have root read and write them. Only words that are known to
 * be harmless pass. 0, or -EPERM with a sentence. Verbs for which polkit demanded an
 * administrator's password are not looked at, and neither is sudo: there sudoers decides.
 */
int kb_caller_may(const struct kb_caller *caller, int argc, char *const *argv,
		  struct kb_fault *ret_fault);

/* What to type instead, for somebody who is not root: "pkexec kidoban status". */
void kb_caller_advice(const char *verb, char *ret, size_t size);

#endif
