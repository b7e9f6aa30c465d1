// SPDX-License-Identifier: GPL-2.0-or-later
/* The known word that somebody most likely meant: edit distance. */
#include "policy/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WORD_MAX	40	/* longer words are not typing errors of a key */

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Optimal string alignment distance, letter case ignored; both within WORD_MAX. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t rows[WORD_MAX + 1][WORD_MAX + 1];
	size_t i, j;

	for (i = 0; i <= na; i++)
		rows[i][0] = i;
	for (j = 0; j <= nb; j++)
		rows[0][j] = j;
	for (i = 1; i <= na; i++) {
		for (j = 1; j <= nb; j++) {
			rows[i][j] = min3(rows[i - 1][j] + 1, rows[i][j - 1] + 1,
					  rows[i - 1][j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]) && rows[i - 2][j - 2] + 1 < rows[i][j])
				rows[i][j] = rows[i - 2][j - 2] + 1;
		}
	}
	return rows[na][nb];
}

void kb_nearest_offer(struct kb_nearest *nearest, const char *word, const char *candidate)
{
	size_t nw = strlen(word), nc = strlen(candidate), cost, least = nw < nc ? nw : nc;

	if (!nw || nw > WORD_MAX || nc > WORD_MAX)
		return;
	cost = distance(word, nw, candidate, nc);
	if (cost > (nc + 2) / 3) {
		if (least < 3 || strncmp(word, candidate, least))
			return;
	}
	if (nearest->best && nearest->distance <= cost)
		return;
	nearest->best = candidate;
	nearest->distance = cost;
}
