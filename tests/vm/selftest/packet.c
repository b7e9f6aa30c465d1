// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sends one UDP packet past the IP stack, through a packet socket.
 *
 *   packet WAY CARD NEXT-HOP-MAC ADDRESS TEXT
 *
 * WAY: plain; bypass (PACKET_QDISC_BYPASS); dgram (the kernel makes the Ethernet header);
 * ring (PACKET_TX_RING); ring-bypass; vnet (PACKET_VNET_HDR); old (SOCK_PACKET).
 * Exits 0 when the kernel took it, else 1 with the errno's name.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"

#define RING_SIZE	8192	/* two frames in two blocks */
#define RING_FRAME	4096

struct way {
	const char *name;
	int type;		/* SOCK_RAW, SOCK_DGRAM, SOCK_PACKET */
	bool bypass, ring, vnet;
};

static const struct way ways[] = {
	{ .name = "plain", .type = SOCK_RAW },
	{ .name = "bypass", .type = SOCK_RAW, .bypass = true },
	{ .name = "dgram", .type = SOCK_DGRAM },
	{ .name = "ring", .type = SOCK_RAW, .ring = true },
	{ .name = "ring-bypass", .type = SOCK_RAW, .ring = true, .bypass = true },
	{ .name = "vnet", .type = SOCK_RAW, .vnet = true },
	{ .name = "old", .type = SOCK_PACKET },
};

static int turn_on(int fd, int what)
{
	int one = 1;

	return setsockopt(fd, SOL_PACKET, what, &one, sizeof(one)) ? -errno : 0;
}

/* Puts the frame into a ring of the socket's and has the kernel send it. */
static int send_ring(int fd, const struct frame *frame, const struct sockaddr_ll *to)
{
	struct tpacket_req ring = { .tp_block_size = RING_FRAME, .tp_block_nr = RING_SIZE / RING_FRAME,
				    .tp_frame_size = RING_FRAME, .tp_frame_nr = RING_SIZE / RING_FRAME };
	struct tpacket_hdr *slot;
	int err = 0;

	if (setsockopt(fd, SOL_PACKET, PACKET_TX_RING, &ring, sizeof(ring)))
		return -errno;
	slot = mmap(NULL, RING_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (slot == MAP_FAILED)
		return -errno;
	memcpy((unsigned char *)slot + TPACKET_HDRLEN - sizeof(struct sockaddr_ll), frame->bytes,
	       frame->len);
	slot->tp_len = (unsigned int)frame->len;
	slot->tp_status = TP_STATUS_SEND_REQUEST;
	if (sendto(fd, NULL, 0, 0, (const struct sockaddr *)to, sizeof(*to)) < 0)
		err = -errno;
	else if (slot->tp_status & TP_STATUS_WRONG_FORMAT)
		err = -EBADMSG;
	munmap(slot, RING_SIZE);
	return err;
}

static int send_old(int fd, const struct frame *frame, const char *card)
{
	struct sockaddr to = { .sa_family = AF_PACKET };

	snprintf(to.sa_data, sizeof(to.sa_data), "%s", card);
	return sendto(fd, frame->bytes, frame->len, 0, &to, sizeof(to)) < 0 ? -errno : 0;
}

static int send_frame(int fd, const struct way *way, const struct frame *frame, const char *card)
{
	unsigned char prefixed[sizeof(struct virtio_net_hdr) + FRAME_ROOM] = { 0 };
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)frame->ifindex,
				  .sll_halen = ETH_ALEN };
	const unsigned char *from = frame->bytes;
	size_t len = frame->len;

	if (way->type == SOCK_PACKET)
		return send_old(fd, frame, card);
	memcpy(to.sll_addr, frame->bytes, ETH_ALEN);
	memcpy(&to.sll_protocol, frame->bytes + 2 * ETH_ALEN, sizeof(to.sll_protocol));
	if (way->ring)
		return send_ring(fd, frame, &to);
	if (way->type == SOCK_DGRAM) {
		from += frame->ip;
		len -= frame->ip;
	}
	if (way->vnet) {
		memcpy(prefixed + sizeof(struct virtio_net_hdr), frame->bytes, frame->len);
		from = prefixed;
		len += sizeof(struct virtio_net_hdr);
	}
	return sendto(fd, from, len, 0, (const struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

static int go(const struct way *way, const struct frame *frame, const char *card)
{
	int fd = way->type == SOCK_PACKET ? socket(AF_INET, SOCK_PACKET, htons(ETH_P_ALL)) :
					    socket(AF_PACKET, way->type, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (way->bypass)
		err = turn_on(fd, PACKET_QDISC_BYPASS);
	if (!err && way->vnet)
		err = turn_on(fd, PACKET_VNET_HDR);
	if (!err)
		err = send_frame(fd, way, frame, card);
	close(fd);
	return err;
}

int main(int argc, char **argv)
{
	const struct way *way = ways;
	struct frame frame;
	int err;

	while (argc == 6 && way < ways + sizeof(ways) / sizeof(ways[0]) && strcmp(way->name, argv[1]))
		way++;
	if (argc != 6 || way == ways + sizeof(ways) / sizeof(ways[0])) {
		fprintf(stderr, "usage: packet plain|bypass|dgram|ring|ring-bypass|vnet|old CARD NEXT-HOP-MAC ADDRESS TEXT\n");
		return 2;
	}
	err = frame_make(argv[2], argv[3], argv[4], argv[5], &frame);
	if (!err)
		err = go(way, &frame, argv[2]);
	if (err)
		puts(strerrorname_np(-err));
	return err ? 1 : 0;
}
