// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sends one UDP packet through an AF_XDP socket in copy mode, or holds such a socket.
 *
 *   xdp send CARD NEXT-HOP-MAC ADDRESS TEXT
 *   xdp hold CARD NEXT-HOP-MAC ADDRESS TEXT     the like once a line comes in, until end of file
 *
 * No XDP program is loaded: sending needs none. Exits 0 when the kernel sent it, else 1
 * with the errno's name. hold prints "ready", then "sent" or an errno's name for each line.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <xdp/xsk.h>

#include "frame.h"

#define CHUNK		XSK_UMEM__DEFAULT_FRAME_SIZE
#define CHUNKS		XSK_RING_CONS__DEFAULT_NUM_DESCS
#define PATIENCE_MS	2000

struct xdp {
	unsigned char *memory;
	struct xsk_umem *umem;
	struct xsk_socket *socket;
	struct xsk_ring_prod fill, out;
	struct xsk_ring_cons done;
};

static int xdp_open(struct xdp *x, const char *card)
{
	const struct xsk_socket_config config = {
		.tx_size = XSK_RING_PROD__DEFAULT_NUM_DESCS,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.xdp_flags = XDP_FLAGS_SKB_MODE, .bind_flags = XDP_COPY };
	int err;

	x->memory = mmap(NULL, CHUNK * CHUNKS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	if (x->memory == MAP_FAILED)
		return -errno;
	err = xsk_umem__create(&x->umem, x->memory, CHUNK * CHUNKS, &x->fill, &x->done, NULL);
	if (err)
		return err;
	err = xsk_socket__create(&x->socket, card, 0, x->umem, NULL, &x->out, &config);
	if (err)
		xsk_umem__delete(x->umem);
	return err;
}

static void xdp_close(struct xdp *x)
{
	xsk_socket__delete(x->socket);
	xsk_umem__delete(x->umem);
	munmap(x->memory, CHUNK * CHUNKS);
}

/* Hands the frame to the kernel and waits until it is through with it. */
static int xdp_send(struct xdp *x, const struct frame *frame)
{
	struct pollfd room = { .fd = xsk_socket__fd(x->socket), .events = POLLOUT };
	struct xdp_desc *slot;
	unsigned int at;
	int tries;

	if (xsk_ring_prod__reserve(&x->out, 1, &at) != 1)
		return -ENOBUFS;
	memcpy(x->memory, frame->bytes, frame->len);
	slot = xsk_ring_prod__tx_desc(&x->out, at);
	*slot = (struct xdp_desc){ .addr = 0, .len = (unsigned int)frame->len };
	xsk_ring_prod__submit(&x->out, 1);
	for (tries = 0; tries < PATIENCE_MS / 10; tries++) {
		if (sendto(room.fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 && errno != EAGAIN &&
		    errno != EBUSY && errno != ENOBUFS)
			return -errno;
		if (xsk_ring_cons__peek(&x->done, 1, &at) == 1) {
			xsk_ring_cons__release(&x->done, 1);
			return 0;
		}
		poll(&room, 1, 10);
	}
	return -ETIMEDOUT;
}

static void hold(struct xdp *x, const struct frame *frame)
{
	char line[64];

	setlinebuf(stdout);
	puts("ready");
	while (fgets(line, sizeof(line), stdin)) {
		int err = xdp_send(x, frame);

		puts(err ? strerrorname_np(-err) : "sent");
	}
}

int main(int argc, char **argv)
{
	struct frame frame;
	struct xdp x = { 0 };
	int err;

	if (argc != 6 || (strcmp(argv[1], "send") && strcmp(argv[1], "hold"))) {
		fprintf(stderr, "usage: xdp send|hold CARD NEXT-HOP-MAC ADDRESS TEXT\n");
		return 2;
	}
	err = frame_make(argv[2], argv[3], argv[4], argv[5], &frame);
	if (!err)
		err = xdp_open(&x, argv[2]);
	if (!err) {
		if (!strcmp(argv[1], "hold"))
			hold(&x, &frame);
		else
			err = xdp_send(&x, &frame);
		xdp_close(&x);
	}
	if (err)
		puts(strerrorname_np(-err));
	return err ? 1 : 0;
}
