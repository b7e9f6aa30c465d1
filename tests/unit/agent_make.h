/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes parts for the agent into blobs for tests, well-formed or not: independent of policy/ on purpose. */
#ifndef TESTS_UNIT_AGENT_MAKE_H
#define TESTS_UNIT_AGENT_MAKE_H

#include <kidoban/agent.h>

#include "blob_make.h"

#define AGENT_SURE_MAC	"\2\21\42\0\0\0\377\377\377\377\377\377"
#define AGENT_STRAY_MAC	"\2\21\42\0\0\1\377\377\377\377\377\376"

/* 90 degrees south, 180 degrees east, ten metres. */
#define AGENT_POLE	"\0\27\133\312\0\322\111\153\12\0\0\0"

/* One attribute that is left out, or written another way, in an otherwise good part. */
struct agent_change {
	u16 type;
	const void *payload;	/* NULL: left out */
	size_t len;
};

/* A part that holds one attribute of type @type, for what is written before agent_make_close(). */
struct agent_part {
	size_t agent, nest;
};

/* A policy with two profiles (A, B) and two zones (y, z) that says nothing to the agent yet. */
void agent_make_begin(struct blob_make *b);
struct agent_part agent_make_open(struct blob_make *b, u16 type);
void agent_make_close(struct blob_make *b, struct agent_part part);

typedef void (*agent_make_fn)(struct blob_make *b, const struct agent_change *change);

/* Parts with one of everything; @change (NULL: none) is done to one of their attributes. */
void agent_make_modes(struct blob_make *b, const struct agent_change *change);
void agent_make_wireless(struct blob_make *b, const struct agent_change *change);
void agent_make_wifi(struct blob_make *b, const struct agent_change *change);	/* of profile 1 */

/* Pieces of evidence, inside of a place. */
void agent_make_eap(struct blob_make *b, const struct agent_change *change);
void agent_make_beacon(struct blob_make *b, const struct agent_change *change);
void agent_make_ap(struct blob_make *b, const struct agent_change *change);
void agent_make_lldp(struct blob_make *b, const struct agent_change *change);
void agent_make_dock(struct blob_make *b, const struct agent_change *change);
void agent_make_gateway(struct blob_make *b, const struct agent_change *change);
void agent_make_gnss(struct blob_make *b, const struct agent_change *change);

/* A place (zone 1) with one piece, NULL: with none; agent_make_place(): with EAP. */
void agent_make_place_of(struct blob_make *b, const struct agent_change *change, agent_make_fn piece,
			 const struct agent_change *piece_change);
void agent_make_place(struct blob_make *b, const struct agent_change *change);

#endif
