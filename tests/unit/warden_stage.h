/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of the warden play on: one radio, profile A, what was told and done. Link warden_fake.c with it. */
#ifndef UNIT_WARDEN_STAGE_H
#define UNIT_WARDEN_STAGE_H

#include "agent_scratch.h"
#include "tests/unit/wifi_world.h"
#include "warden_fake.h"

#define WLAN0		3u	/* the radio's interface */
#define PATIENCE	30	/* seconds until something that never comes counts as missing */

extern struct world world;
extern struct scratch s;
extern sd_event *loop;
extern struct kb_warden *warden;
extern unsigned int changes;	/* calls of the warden's */

/* What a station that negotiates all of profile A's asks for: AKM 5, CCMP, BIP, PMF. */
extern const u8 good_ies[40];
extern const u8 open_ies[12];

/* What the warden calls: the kernel takes what it is told. */
void on_changed(void *userdata);

/* Of cmocka: a stage for each test. */
int set_up(void **state);
int tear_down(void **state);

/* wlan0 associated as @facts say; what was negotiated is not heard yet. */
void associate(const struct kb_association_facts *facts);
void connect_as(const u8 *ies, size_t len);
void good(void);
/* The same name without any security, as root's own "iw connect" joins it. */
void open_twin(void);

/* The policy comes into force. */
void begin(void);
/* Everything that is there now; timers that are not due stay. */
void settle(void);
/* Runs the loop until @reached, half a minute at most; false when it never was. */
bool until(bool (*reached)(void));

size_t n_proofs(void);
bool is_proven(void);
bool is_down(void);
/* In what was done; in what was told. */
bool did(const char *what);
bool told(const char *id);

#endif
