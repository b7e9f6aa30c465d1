// SPDX-License-Identifier: GPL-2.0-or-later
/* Is a position inside a circle on the earth, or surely outside? */
#include "agent/place/position.h"

#include <math.h>

#define EARTH_RADIUS	6371008.8	/* metres, mean (IUGG) */

static double radians(double degrees)
{
	return degrees * (M_PI / 180);
}

/* The haversine formula, which is exact enough for small distances, too. */
double kb_distance(double latitude_a, double longitude_a, double latitude_b, double longitude_b)
{
	double up = sin(radians(latitude_b - latitude_a) / 2);
	double across = sin(radians(longitude_b - longitude_a) / 2);
	double h = up * up + cos(radians(latitude_a)) * cos(radians(latitude_b)) * across * across;

	return 2 * EARTH_RADIUS * asin(sqrt(fmin(h, 1)));
}

enum kb_where kb_where(const struct kb_evidence *evidence, double latitude, double longitude,
		       double error)
{
	double radius = evidence->gnss.radius, distance;

	if (!isfinite(latitude) || !isfinite(longitude) || fabs(latitude) > 90 ||
	    fabs(longitude) > 180 || !isfinite(error) || error <= 0)
		return KB_WHERE_VAGUE;
	distance = kb_distance(evidence->gnss.latitude / 1e7, evidence->gnss.longitude / 1e7, latitude,
			       longitude);
	if (distance - error > radius)
		return KB_WHERE_OUTSIDE;
	return distance <= radius && error <= radius ? KB_WHERE_INSIDE : KB_WHERE_VAGUE;
}
