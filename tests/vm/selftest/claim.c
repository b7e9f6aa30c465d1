// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Root reaches for a refused interface through usbfs and libusb: every attempt
 * fails, or ends with the interface closed.
 *
 * KIDOBAN_REFUSED names it as sysfs does ("3-1:1.1"); its interface 0 is a
 * sibling that is allowed. Skipped without.
 */
#include "expect.h"

#include <fcntl.h>
#include <libusb-1.0/libusb.h>
#include <linux/usbdevice_fs.h>
#include <pthread.h>
#include <sys/ioctl.h>

#include "gate.h"

#define SYSFS		"/sys/bus/usb/devices/"
#define MSEC		500
#define RACE_ROUNDS	100

FIXTURE(claim) {
	char name[64], device[64];	/* "3-1:1.1", "3-1" */
	unsigned int number, configuration;
	unsigned char in, out;		/* its bulk endpoints */
	int fd;				/* of usbfs */
};

static int read_sysfs(const char *name, const char *attribute, int base)
{
	char path[256], text[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), SYSFS "%s/%s", name, attribute);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	return (int)strtol(text, NULL, base);
}

static int write_sysfs(const char *name, const char *attribute, const char *text)
{
	char path[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), SYSFS "%s/%s", name, attribute);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	n = n < 0 ? -errno : 0;
	close(fd);
	return (int)n;
}

static int open_usbfs(const char *device)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/bus/usb/%03d/%03d", read_sysfs(device, "busnum", 10),
		 read_sysfs(device, "devnum", 10));
	return open(path, O_RDWR | O_CLOEXEC);
}

/* Finds the interface's bulk endpoints in the descriptors that usbfs shows. */
static void find_endpoints(int fd, unsigned int number, unsigned char *in, unsigned char *out)
{
	unsigned char d[4096];
	ssize_t len = pread(fd, d, sizeof(d), 0), at;
	bool inside = false;

	for (at = 0; at + 1 < len && d[at] >= 2 && at + d[at] <= len; at += d[at]) {
		if (d[at + 1] == 4)
			inside = d[at + 2] == number;
		if (!inside || d[at + 1] != 5 || (d[at + 3] & 3) != 2)
			continue;
		if (d[at + 2] & 0x80)
			*in = d[at + 2];
		else
			*out = d[at + 2];
	}
}

/* No driver, not authorised. */
static bool is_closed(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), SYSFS "%s/driver", name);
	return read_sysfs(name, "authorized", 10) == 0 && access(path, F_OK);
}

FIXTURE_SETUP(claim)
{
	const char *given = getenv("KIDOBAN_REFUSED");

	self->fd = -1;
	if (!given)
		return;
	snprintf(self->name, sizeof(self->name), "%s", given);
	ASSERT_EQ(2, sscanf(strrchr(given, ':'), ":%u.%u", &self->configuration, &self->number));
	snprintf(self->device, sizeof(self->device), "%.*s", (int)strcspn(given, ":"), given);
	self->fd = open_usbfs(self->device);
	ASSERT_LE(0, self->fd);
	find_endpoints(self->fd, self->number, &self->in, &self->out);
	ASSERT_NE(0, self->in);
	ASSERT_NE(0, self->out);
	ASSERT_TRUE(is_closed(self->name));
}

FIXTURE_TEARDOWN(claim)
{
	if (self->fd < 0)
		return;
	EXPECT_TRUE(is_closed(self->name));
	close(self->fd);
}

static int claim(int fd, unsigned int number)
{
	return ioctl(fd, USBDEVFS_CLAIMINTERFACE, &number) ? -errno : 0;
}

static int disconnect_claim(int fd, unsigned int number, unsigned int flags)
{
	struct usbdevfs_disconnect_claim order = { .interface = number, .flags = flags };

	snprintf(order.driver, sizeof(order.driver), "usb-storage");
	return ioctl(fd, USBDEVFS_DISCONNECT_CLAIM, &order) ? -errno : 0;
}

static int bulk(int fd, unsigned char endpoint)
{
	unsigned char data[31] = "USBC";
	struct usbdevfs_bulktransfer order = {
		.ep = endpoint, .len = sizeof(data), .timeout = MSEC, .data = data };

	return ioctl(fd, USBDEVFS_BULK, &order) < 0 ? -errno : 0;
}

static int submit(int fd, unsigned char endpoint)
{
	static unsigned char data[31] = "USBC";
	static struct usbdevfs_urb urb;

	urb = (struct usbdevfs_urb){ .type = USBDEVFS_URB_TYPE_BULK, .endpoint = endpoint,
				     .buffer = data, .buffer_length = sizeof(data) };
	return ioctl(fd, USBDEVFS_SUBMITURB, &urb) ? -errno : 0;
}

/* A fixture cannot skip in this version of the harness. */
#define NEED_DEVICE()							\
	do {								\
		if (self->fd < 0)					\
			SKIP(return, "KIDOBAN_REFUSED is not set");	\
	} while (0)

/* Everything at once: nothing gets hold of it or through it. */
static bool all_fail(int fd, unsigned int number, unsigned char in, unsigned char out)
{
	return claim(fd, number) < 0 && disconnect_claim(fd, number, 0) < 0 &&
	       bulk(fd, out) < 0 && bulk(fd, in) < 0 && submit(fd, out) < 0;
}

TEST_F(claim, claims)
{
	NEED_DEVICE();
	EXPECT_GT(0, claim(self->fd, self->number));
	EXPECT_GT(0, disconnect_claim(self->fd, self->number, 0));
	EXPECT_GT(0, disconnect_claim(self->fd, self->number, USBDEVFS_DISCONNECT_CLAIM_IF_DRIVER));
	EXPECT_GT(0, disconnect_claim(self->fd, self->number,
				      USBDEVFS_DISCONNECT_CLAIM_EXCEPT_DRIVER));
}

TEST_F(claim, transfers)
{
	struct usbdevfs_ctrltransfer max_lun = { .bRequestType = 0xa1, .bRequest = 0xfe,
						 .wIndex = (unsigned short)self->number,
						 .wLength = 1, .timeout = MSEC };
	unsigned int endpoint = self->in;
	unsigned char lun;

	NEED_DEVICE();
	max_lun.data = &lun;
	EXPECT_GT(0, bulk(self->fd, self->out));
	EXPECT_GT(0, bulk(self->fd, self->in));
	EXPECT_GT(0, submit(self->fd, self->out));
	EXPECT_GT(0, ioctl(self->fd, USBDEVFS_CONTROL, &max_lun));
	EXPECT_GT(0, ioctl(self->fd, USBDEVFS_CLEAR_HALT, &endpoint));
	EXPECT_GT(0, ioctl(self->fd, USBDEVFS_RESETEP, &endpoint));
}

/* A program that holds the allowed sibling gets no further. */
TEST_F(claim, from_the_allowed_sibling)
{
	NEED_DEVICE();
	ASSERT_EQ(0, disconnect_claim(self->fd, 0, 0));
	EXPECT_TRUE(all_fail(self->fd, self->number, self->in, self->out));
}

TEST_F(claim, connect)
{
	struct usbdevfs_ioctl order = { .ifno = (int)self->number, .ioctl_code = USBDEVFS_CONNECT };

	NEED_DEVICE();
	/* it may say 0: asking is not forbidden, binding is */
	ioctl(self->fd, USBDEVFS_IOCTL, &order);
	EXPECT_TRUE(is_closed(self->name));
	EXPECT_TRUE(all_fail(self->fd, self->number, self->in, self->out));
}

TEST_F(claim, set_interface)
{
	struct usbdevfs_setinterface order = { .interface = self->number, .altsetting = 0 };

	NEED_DEVICE();
	EXPECT_GT(0, ioctl(self->fd, USBDEVFS_SETINTERFACE, &order));
}

TEST_F(claim, set_configuration)
{
	unsigned int none = (unsigned int)-1, value = self->configuration;

	NEED_DEVICE();
	/* drivers hold interfaces of it: refused unless they let go */
	if (!ioctl(self->fd, USBDEVFS_SETCONFIGURATION, &none))
		EXPECT_EQ(0, ioctl(self->fd, USBDEVFS_SETCONFIGURATION, &value));
	EXPECT_TRUE(all_fail(self->fd, self->number, self->in, self->out));
	EXPECT_EQ(0, write_sysfs(self->device, "bConfigurationValue", "0"));
	EXPECT_EQ(0, ioctl(self->fd, USBDEVFS_SETCONFIGURATION, &value));
	EXPECT_TRUE(is_closed(self->name));
	EXPECT_TRUE(all_fail(self->fd, self->number, self->in, self->out));
}

TEST_F(claim, reset)
{
	int i;

	NEED_DEVICE();
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, ioctl(self->fd, USBDEVFS_RESET));
		EXPECT_TRUE(is_closed(self->name));
		EXPECT_TRUE(all_fail(self->fd, self->number, self->in, self->out));
	}
}

TEST_F(claim, after_sysfs)
{
	NEED_DEVICE();
	EXPECT_EQ(-EPERM, write_sysfs(self->name, "authorized", "1"));
	EXPECT_TRUE(all_fail(self->fd, self->number, self->in, self->out));
}

struct writer {
	pthread_t thread;
	const char *name;
	volatile bool stop;
};

static void *keep_writing(void *data)
{
	struct writer *writer = data;

	while (!writer->stop) {
		write_sysfs(writer->name, "authorized", "1");
		write_sysfs("../drivers/usb-storage", "bind", writer->name);
		write_sysfs("../drivers/usbfs", "bind", writer->name);
	}
	return NULL;
}

/* Somebody writes to sysfs all the time while somebody else claims. */
TEST_F(claim, against_a_writer)
{
	struct writer writer = { .name = self->name };
	int i, got = 0;

	NEED_DEVICE();
	ASSERT_EQ(0, pthread_create(&writer.thread, NULL, keep_writing, &writer));
	for (i = 0; i < RACE_ROUNDS; i++)
		got += !all_fail(self->fd, self->number, self->in, self->out);
	writer.stop = true;
	pthread_join(writer.thread, NULL);
	EXPECT_EQ(0, got);
}

/* Loads the next policy: keyboards may, storage may not. */
static int load_next(enum kb_gate_mode mode)
{
	struct kb_sample sample = { .mode = (u8)mode, .media_default = KB_ACTION_ALLOW, .n_rules = 1 };
	struct offer offer;
	struct client c;
	int err = client_open(&c);

	if (err)
		return err;
	sample.serial = (u32)client_status(&c).value[KB_A_SERIAL_NO] + 1;
	offer = gate_offer(&sample, false);
	err = gate_load(&c, &offer).err;
	offer_done(&offer);
	client_close(&c);
	return err;
}

/* Claimed while it was allowed: taken away when it is refused, with what is under way. */
TEST_F(claim, held_since_before_the_policy)
{
	struct usbdevfs_urb *reaped = NULL;

	NEED_DEVICE();
	ASSERT_EQ(0, load_next(KB_GATE_AUDIT));
	ASSERT_EQ(0, disconnect_claim(self->fd, self->number, 0));
	/* a command block is taken while it is allowed: the test can fail */
	EXPECT_EQ(0, bulk(self->fd, self->out));
	EXPECT_EQ(0, submit(self->fd, self->in));
	ASSERT_EQ(0, load_next(KB_GATE_ENFORCE));
	EXPECT_TRUE(is_closed(self->name));
	/* what was under way came back with an error, and nothing more goes */
	if (!ioctl(self->fd, USBDEVFS_REAPURBNDELAY, &reaped))
		EXPECT_GT(0, reaped->status);
	EXPECT_TRUE(all_fail(self->fd, self->number, self->in, self->out));
}

static libusb_device_handle *open_libusb(libusb_context *context, const char *device)
{
	int bus = read_sysfs(device, "busnum", 10), number = read_sysfs(device, "devnum", 10);
	libusb_device_handle *handle = NULL;
	libusb_device **list;
	ssize_t i, n = libusb_get_device_list(context, &list);

	for (i = 0; i < n; i++)
		if (libusb_get_bus_number(list[i]) == bus &&
		    libusb_get_device_address(list[i]) == number)
			libusb_open(list[i], &handle);
	libusb_free_device_list(list, 1);
	return handle;
}

TEST_F(claim, libusb)
{
	unsigned char command[31] = "USBC";
	libusb_context *context;
	libusb_device_handle *handle;
	int moved = 0;

	NEED_DEVICE();
	ASSERT_EQ(0, libusb_init(&context));
	handle = open_libusb(context, self->device);
	ASSERT_NE(NULL, handle);
	libusb_set_auto_detach_kernel_driver(handle, 1);
	EXPECT_GT(0, libusb_claim_interface(handle, (int)self->number));
	EXPECT_GT(0, libusb_bulk_transfer(handle, self->out, command, sizeof(command), &moved, MSEC));
	EXPECT_EQ(0, moved);
	EXPECT_GT(0, libusb_set_interface_alt_setting(handle, (int)self->number, 0));
	libusb_attach_kernel_driver(handle, (int)self->number);
	EXPECT_TRUE(is_closed(self->name));
	libusb_close(handle);
	libusb_exit(context);
}

TEST_HARNESS_MAIN
