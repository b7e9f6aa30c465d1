// SPDX-License-Identifier: GPL-2.0-or-later
/* Is a network interface a card, or made by software? */
#include "agent/place/hardware.h"

#include <net/if.h>
#include <stdio.h>
#include <unistd.h>

bool kb_link_is_hardware(u32 ifindex)
{
	char name[IF_NAMESIZE], path[sizeof("/sys/class/net//device") + IF_NAMESIZE];

	if (!if_indextoname(ifindex, name))
		return false;
	/* the device that it sits on; taps, bridges, pairs and the like sit on none */
	snprintf(path, sizeof(path), "/sys/class/net/%s/device", name);
	return !access(path, F_OK);
}
