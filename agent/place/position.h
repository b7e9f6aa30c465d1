/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a position inside a circle on the earth, or surely outside? Pure. */
#ifndef AGENT_PLACE_POSITION_H
#define AGENT_PLACE_POSITION_H

#include <kidoban/place.h>

enum kb_where {
	KB_WHERE_VAGUE,			/* at its edge, or the error is not known or larger than the circle */
	KB_WHERE_INSIDE,
	KB_WHERE_OUTSIDE		/* even if it is off by its error */
};

/* Metres along a great circle; degrees, WGS 84 taken for a sphere (0.5 % off at most). */
double kb_distance(double latitude_a, double longitude_a, double latitude_b, double longitude_b);

/* @error: metres, horizontal; not finite or not positive = not known. */
enum kb_where kb_where(const struct kb_evidence *evidence, double latitude, double longitude,
		       double error);

#endif
