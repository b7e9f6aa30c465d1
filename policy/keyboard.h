/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Would a policy leave a keyboard to type on? */
#ifndef KIDOBAN_POLICY_KEYBOARD_H
#define KIDOBAN_POLICY_KEYBOARD_H

#include <kidoban/policy.h>

enum kb_keyboard {
	KB_KEYBOARD_NONE,		/* every keyboard would be refused */
	KB_KEYBOARD_LISTED,		/* only those whose id, serial or port a rule names */
	KB_KEYBOARD_ANY,		/* an ordinary keyboard in some port works */
};

/*
 * Asks the decision core about typical keyboards, alone, composite and behind
 * a hub, and about keyboards made to fit the rules that name keyboards.
 */
enum kb_keyboard kb_keyboard_left(const struct kb_policy *policy);

#endif
