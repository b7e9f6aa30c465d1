// SPDX-License-Identifier: GPL-2.0-or-later
/* Does one link rule match everything that another one matches? */
#include "policy/check_net.h"
#include "policy/cover.h"
#include "policy/port.h"

/* The kernel's names of drivers and modules differ in this. */
static char plain(char c)
{
	return c == '-' ? '_' : c;
}

static bool same_driver(const char *outer, const char *inner)
{
	for (; *outer && *inner; outer++, inner++)
		if (plain(*outer) != plain(*inner))
			return false;
	return *outer == *inner;
}

static bool ifname_covers(const char *outer, const char *inner)
{
	size_t len = strlen(outer);

	if (len && outer[len - 1] == '*')
		return !strncmp(outer, inner, len - 1);
	return !strcmp(outer, inner);
}

static bool mac_covers(const struct kb_link_mac *outer, const struct kb_link_mac *inner)
{
	unsigned int i;

	for (i = 0; i < 6; i++)
		if (outer->mask[i] & ~inner->mask[i] ||
		    (inner->value[i] & outer->mask[i]) != outer->value[i])
			return false;
	return true;
}

static bool macs_cover(const struct kb_link_rule *outer, const struct kb_link_rule *inner)
{
	unsigned int i, k;

	if (!outer->n_macs)
		return true;
	for (i = 0; i < inner->n_macs; i++) {
		for (k = 0; k < outer->n_macs; k++)
			if (mac_covers(&outer->macs[k], &inner->macs[i]))
				break;
		if (k == outer->n_macs)
			return false;
	}
	return inner->n_macs;
}

static bool mask_covers(u32 outer, u32 inner, u32 all)
{
	return !outer || !((inner ?: all) & ~outer);
}

bool kb_link_rule_covers(const struct kb_link_rule *outer, const struct kb_link_rule *inner)
{
	return mask_covers(outer->kinds, inner->kinds, KB_LINK_KIND_ALL) &&
	       mask_covers(outer->buses, inner->buses, KB_LINK_BUS_ALL) &&
	       kb_texts_cover(outer->paths, outer->n_paths, inner->paths, inner->n_paths,
			      kb_port_covers) &&
	       kb_texts_cover(outer->drivers, outer->n_drivers, inner->drivers, inner->n_drivers,
			      same_driver) &&
	       kb_texts_cover(outer->ifnames, outer->n_ifnames, inner->ifnames, inner->n_ifnames,
			      ifname_covers) &&
	       macs_cover(outer, inner);
}
