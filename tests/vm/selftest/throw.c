// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sends packets that are given as text, one a line: NAME WAY ADDRESS HEX.
 *
 *   throw CARD [mark=N] < PACKETS
 *
 * WAY raw: HEX is an IP packet, sent to ADDRESS with IP_HDRINCL; nodefrag: the like with
 * IP_NODEFRAG; packet: HEX is a frame, sent through CARD; bypass: the like with
 * PACKET_QDISC_BYPASS. Prints "NAME WAY sent" or "NAME WAY ERRNO" for each. Exits 0 unless
 * a line cannot be read (2).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_ROOM	2048
#define LINE_ROOM	(2 * PACKET_ROOM + 256)

enum way { WAY_RAW, WAY_NODEFRAG, WAY_PACKET, WAY_BYPASS, WAY_MAX };

static const char *const way_names[] = { "raw", "nodefrag", "packet", "bypass" };

struct missile {
	char name[64], address[INET6_ADDRSTRLEN];
	enum way way;
	unsigned char bytes[PACKET_ROOM];
	size_t len;
};

static int parse_hex(const char *hex, struct missile *m)
{
	unsigned int byte;

	for (m->len = 0; *hex; hex += 2) {
		if (m->len == PACKET_ROOM || sscanf(hex, "%2x", &byte) != 1 || !hex[1])
			return -EINVAL;
		m->bytes[m->len++] = (unsigned char)byte;
	}
	return m->len ? 0 : -EINVAL;
}

static int parse(const char *line, struct missile *m)
{
	static char hex[LINE_ROOM];
	char way[16];

	_Static_assert(LINE_ROOM > 2 * PACKET_ROOM, "a line holds a packet");
	if (sscanf(line, "%63s %15s %45s %4351s", m->name, way, m->address, hex) != 4)
		return -EINVAL;
	for (m->way = WAY_RAW; m->way < WAY_MAX && strcmp(way, way_names[m->way]); m->way++)
		;
	return m->way == WAY_MAX ? -EINVAL : parse_hex(hex, m);
}

static int send_raw(const struct missile *m, int mark)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in to = { .sin_family = AF_INET };
	int is6 = !!strchr(m->address, ':'), one = 1, err = 0;
	int fd = socket(is6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	if (fd < 0)
		return -errno;
	inet_pton(AF_INET6, m->address, &to6.sin6_addr);
	inet_pton(AF_INET, m->address, &to.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	if ((mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark))) ||
	    (m->way == WAY_NODEFRAG && setsockopt(fd, IPPROTO_IP, IP_NODEFRAG, &one, sizeof(one))) ||
	    sendto(fd, m->bytes, m->len, 0,
		   is6 ? (const struct sockaddr *)&to6 : (const struct sockaddr *)&to,
		   is6 ? sizeof(to6) : sizeof(to)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int send_packet(const struct missile *m, const char *card)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = ETH_ALEN,
				  .sll_ifindex = (int)if_nametoindex(card) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), one = 1, err = 0;

	if (fd < 0)
		return -errno;
	memcpy(to.sll_addr, m->bytes, ETH_ALEN);
	memcpy(&to.sll_protocol, m->bytes + 2 * ETH_ALEN, sizeof(to.sll_protocol));
	if ((m->way == WAY_BYPASS &&
	     setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one))) ||
	    sendto(fd, m->bytes, m->len, 0, (const struct sockaddr *)&to, sizeof(to)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int main(int argc, char **argv)
{
	static char line[LINE_ROOM];
	static struct missile m;
	int mark = 0, err;

	if (argc < 2 || argc > 3 || (argc == 3 && sscanf(argv[2], "mark=%d", &mark) != 1)) {
		fprintf(stderr, "usage: throw CARD [mark=N] < PACKETS\n");
		return 2;
	}
	while (fgets(line, sizeof(line), stdin)) {
		if (parse(line, &m)) {
			fprintf(stderr, "throw: not understood: %.60s\n", line);
			return 2;
		}
		err = m.way == WAY_RAW || m.way == WAY_NODEFRAG ? send_raw(&m, mark) :
								  send_packet(&m, argv[1]);
		printf("%s %s %s\n", m.name, way_names[m.way], err ? strerrorname_np(-err) : "sent");
	}
	return 0;
}
