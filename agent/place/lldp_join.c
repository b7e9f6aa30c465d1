// SPDX-License-Identifier: GPL-2.0-or-later
/* Where LLDP is sent to. */
#include <errno.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include "agent/place/lldp_parse.h"

int kb_lldp_join(int fd, u32 ifindex)
{
	static const u8 last[] = { 0x0e, 0x03, 0x00 };
	struct packet_mreq request = { .mr_ifindex = (int)ifindex, .mr_type = PACKET_MR_MULTICAST,
				       .mr_alen = 6, .mr_address = { 0x01, 0x80, 0xc2 } };
	size_t i;

	for (i = 0; i < sizeof(last); i++) {
		request.mr_address[5] = last[i];
		if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof(request)))
			return -errno;
	}
	return 0;
}
