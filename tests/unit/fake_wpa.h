/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A wpa_supplicant that says what it is told to, in a thread of its own. */
#ifndef TESTS_UNIT_FAKE_WPA_H
#define TESTS_UNIT_FAKE_WPA_H

#include <stdbool.h>

struct fake_wpa;

/* Control socket DIR/IFNAME. Knows ATTACH, and answers everything else with UNKNOWN COMMAND. */
struct fake_wpa *fake_wpa_start(const char *dir, const char *ifname);
/* What it answers to @command from now on; NULL: it never answers it. Texts are borrowed. */
void fake_wpa_say(struct fake_wpa *fake, const char *command, const char *answer);
/* The first time @first, afterwards what fake_wpa_say() has. */
void fake_wpa_say_first(struct fake_wpa *fake, const char *command, const char *first);
/* Everything is read and nothing answered; or not even read. */
void fake_wpa_hang(struct fake_wpa *fake, bool read);
/* To whom attached: wait until it heard ATTACH. */
void fake_wpa_event(struct fake_wpa *fake, const char *text);
/* How often it heard this command. */
unsigned int fake_wpa_heard(struct fake_wpa *fake, const char *command);
/* @killed: its socket stays behind. */
void fake_wpa_stop(struct fake_wpa *fake, bool killed);

#endif
