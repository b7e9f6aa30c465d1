/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts for people: English in the source, Japanese from the catalogue "kidoban". */
#ifndef KIDOBAN_POLICY_I18N_H
#define KIDOBAN_POLICY_I18N_H

#include <libintl.h>

#define _(text)		dgettext("kidoban", text)
#define N_(text)	(text)

#endif
