// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cable between a virtual terminal and its world: carries Ethernet frames
 * between QEMU (-netdev stream) and a tap interface, and records every frame that
 * the terminal sends before anything can become of it.
 *
 *   wire TAP SOCKET RECORD
 *
 * Creates the interface TAP in the network namespace that it is started in and
 * waits at SOCKET for QEMU. RECORD is a pcap file, complete at every moment. Ends when
 * QEMU ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <pcap/pcap.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define FRAME_MAX	65536

/* The cable's two ends; both block. */
struct wire {
	int tap, qemu;
	pcap_dumper_t *record;
};

static void fail(const char *what)
{
	fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static int open_tap(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		fail("/dev/net/tun");
	return fd;
}

static pcap_dumper_t *open_record(const char *path)
{
	static char buffer[2 * FRAME_MAX];
	pcap_t *form = pcap_open_dead(DLT_EN10MB, FRAME_MAX);
	FILE *file = fopen(path, "we");
	pcap_dumper_t *record = NULL;

	/* room for a whole record: the file never ends within one */
	if (file && form && !setvbuf(file, buffer, _IOFBF, sizeof(buffer)))
		record = pcap_dump_fopen(form, file);
	if (!record || pcap_dump_flush(record))
		fail(path);
	return record;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1))
		fail(path);
	return fd;
}

/* Until QEMU closes its end. */
static void from_terminal(struct wire *wire)
{
	static unsigned char frame[FRAME_MAX];
	FILE *in = fdopen(wire->qemu, "rb");
	struct pcap_pkthdr header = { 0 };
	uint32_t len;

	if (!in)
		fail("fdopen");
	while (fread(&len, sizeof(len), 1, in) == 1) {
		len = ntohl(len);
		if (len > sizeof(frame) || fread(frame, 1, len, in) != len)
			return;
		gettimeofday(&header.ts, NULL);
		header.caplen = header.len = len;
		pcap_dump((unsigned char *)wire->record, &header, frame);
		if (pcap_dump_flush(wire->record))
			fail("the record");
		/* what the world's end does not take is lost, as on a cable; EIO: it is down */
		if (write(wire->tap, frame, len) < 0 && errno != EIO && errno != EINVAL)
			fail("the tap");
	}
}

static void *to_terminal(void *data)
{
	static unsigned char frame[FRAME_MAX];
	struct wire *wire = data;
	ssize_t n;

	while ((n = read(wire->tap, frame, sizeof(frame))) > 0) {
		uint32_t len = htonl((uint32_t)n);
		struct iovec parts[] = { { &len, sizeof(len) }, { frame, (size_t)n } };

		if (writev(wire->qemu, parts, 2) != (ssize_t)sizeof(len) + n)
			break;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct wire wire;
	pthread_t back;
	int door;

	if (argc != 4) {
		fprintf(stderr, "usage: wire TAP SOCKET RECORD\n");
		return 2;
	}
	wire.tap = open_tap(argv[1]);
	wire.record = open_record(argv[3]);
	door = listen_at(argv[2]);
	wire.qemu = accept(door, NULL, NULL);
	if (wire.qemu < 0)
		fail("accept");
	errno = pthread_create(&back, NULL, to_terminal, &wire);
	if (errno)
		fail("pthread_create");
	from_terminal(&wire);
	return 0;
}
