// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold: keeps the locks of USB devices until it is killed. The kernel copies a
 * device's descriptors to their reader under that device's lock; a page that
 * userfaultfd never delivers keeps it there. Anybody can do the same with a file
 * in a FUSE file system of their own.
 *
 *   hold /dev/bus/usb/001/002...      prints "held" once it holds all of them
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE		4096
#define DESCRIPTOR	18
#define DEVICES_MAX	8

struct reader {
	const char *node;
	void *page;
	pthread_t thread;
};

static void *read_descriptor(void *data)
{
	struct reader *reader = data;
	int fd = open(reader->node, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, reader->page, DESCRIPTOR) < 0)
		perror(reader->node);
	return NULL;
}

/* A page whose first access waits for whoever reads @uffd, or NULL. */
static void *page_that_never_comes(int uffd)
{
	struct uffdio_register ask = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	ask.range.start = (unsigned long)page;
	ask.range.len = PAGE;
	return ioctl(uffd, UFFDIO_REGISTER, &ask) ? NULL : page;
}

int main(int argc, char **argv)
{
	static struct reader readers[DEVICES_MAX];
	struct uffdio_api api = { .api = UFFD_API };
	int uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffd_msg fault;
	int i;

	if (argc < 2 || argc > DEVICES_MAX + 1)
		return 2;
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api)) {
		perror("userfaultfd");
		return 1;
	}
	for (i = 0; i < argc - 1; i++) {
		readers[i].node = argv[i + 1];
		readers[i].page = page_that_never_comes(uffd);
		if (!readers[i].page ||
		    pthread_create(&readers[i].thread, NULL, read_descriptor, &readers[i]) ||
		    read(uffd, &fault, sizeof(fault)) != sizeof(fault)) {
			perror(readers[i].node);
			return 1;
		}
	}
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}
