/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a program finds its translations. */
#ifndef AGENT_I18N_H
#define AGENT_I18N_H

#include "policy/i18n.h"

/*
 * Takes the user's locale and finds the catalogue: $KIDOBAN_LOCALEDIR, else
 * "locale" beside the program (a build directory), else the compiled-in place.
 */
void kb_i18n_init(void);

#endif
