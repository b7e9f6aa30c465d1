// SPDX-License-Identifier: GPL-2.0-or-later
/* USB devices that are plugged in now, read from sysfs. */
#include "policy/sysfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "policy/cleanup.h"
#include "policy/descriptors.h"

#define BUS_PATH	"bus/usb/devices"

KB_DEFINE_CLEANUP(struct kb_sysfs_device *, free)

/* Bytes of an attribute (sysfs files have no honest size); -errno. */
static ssize_t read_bytes(int dir, const char *name, void *buffer, size_t size)
{
	KB_CLOSE int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	while (len < size) {
		n = read(fd, (char *)buffer + len, size - len);
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += n;
	}
	return len;
}

/* One line; empty when there is no such attribute. */
static void read_line(int dir, const char *name, char *ret, size_t size)
{
	ssize_t len = read_bytes(dir, name, ret, size - 1);

	if (len < 0)
		len = 0;
	ret[len] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

static unsigned int read_number(int dir, const char *name)
{
	char line[16];

	read_line(dir, name, line, sizeof(line));
	return strtoul(line, NULL, 10);
}

/*
 * Cuts @path behind the controller, which is what the root hub (.../usbN) of
 * the device's bus hangs on. 0 or -ENODEV.
 */
static int cut_controller(char *path, const char *name)
{
	const char *digits = strncmp(name, "usb", strlen("usb")) ? name : name + strlen("usb");
	char root_hub[32], *at, *last = NULL;
	size_t len;

	len = snprintf(root_hub, sizeof(root_hub), "/usb%lu", strtoul(digits, NULL, 10));
	for (at = strstr(path, root_hub); at; at = strstr(at + 1, root_hub))
		if (!at[len] || at[len] == '/')
			last = at;
	if (!last)
		return -ENODEV;
	*last = '\0';
	return 0;
}

/* "<bus>-<device>/<ports>", exactly as the module names it. */
static int read_port(int dir, const char *path, const char *name, char *ret, size_t size)
{
	char controller[PATH_MAX], link[PATH_MAX], subsystem[PATH_MAX], ports[64];
	const char *bus, *device;
	ssize_t len;

	snprintf(controller, sizeof(controller), "%s", path);
	if (cut_controller(controller, name) < 0)
		return -ENODEV;
	device = strrchr(controller, '/');
	if (!device ||
	    (size_t)snprintf(link, sizeof(link), "%s/subsystem", controller) >= sizeof(link))
		return -ENODEV;
	len = readlink(link, subsystem, sizeof(subsystem) - 1);
	if (len < 0)
		return -errno;
	subsystem[len] = '\0';
	bus = strrchr(subsystem, '/');
	bus = bus ? bus + 1 : subsystem;
	read_line(dir, "devpath", ports, sizeof(ports));
	if ((size_t)snprintf(ret, size, "%s-%s/%s", bus, device + 1, ports) >= size)
		return -ENODEV;
	return 0;
}

/* The kernel shows interface names of current settings only; that is what libmtp reads, too. */
static void read_interface_names(int dir, struct kb_sysfs_device *device, unsigned int config)
{
	char path[PATH_MAX], name[16];
	unsigned int i, setting;

	for (i = 0; i < device->usb.n_interfaces; i++) {
		const struct kb_usb_interface *interface = &device->usb.interfaces[i];

		snprintf(path, sizeof(path), "%s:%u.%u/interface", device->name, config,
			 interface->number);
		read_line(dir, path, name, sizeof(name));
		if (strcmp(name, "MTP"))
			continue;
		for (setting = 0; setting < interface->n_alts; setting++)
			device->usb.alts[interface->first_alt + setting].named_mtp = true;
	}
}

static int read_device(int dir, const char *path, struct kb_sysfs_device *device)
{
	KB_FREE u8 *bytes = malloc(KB_DESCRIPTORS_MAX);
	unsigned int config = read_number(dir, "bConfigurationValue");
	ssize_t len;
	int r;

	if (!bytes)
		return -ENOMEM;
	len = read_bytes(dir, "descriptors", bytes, KB_DESCRIPTORS_MAX);
	if (len < 0 || kb_descriptors_parse(bytes, len, config, &device->usb) < 0)
		return -ENODEV;
	r = read_port(dir, path, device->name, device->port, sizeof(device->port));
	if (r < 0)
		return -ENODEV;
	read_line(dir, "serial", device->serial, sizeof(device->serial));
	read_line(dir, "manufacturer", device->maker, sizeof(device->maker));
	read_line(dir, "product", device->model, sizeof(device->model));
	read_interface_names(dir, device, config);
	device->usb.port = device->port;
	device->usb.serial = device->serial[0] ? device->serial : NULL;
	device->usb.root_hub = !strncmp(device->name, "usb", strlen("usb"));
	kb_usb_classify(&device->usb);
	return 0;
}

int kb_sysfs_read_one(const char *root, const char *name, struct kb_sysfs_device **ret)
{
	KB_CLEANUP(free_p) struct kb_sysfs_device *device = calloc(1, sizeof(*device));
	char link[PATH_MAX], path[PATH_MAX];
	KB_CLOSE int dir = -1;
	int r;

	if (!device)
		return -ENOMEM;
	if (strchr(name, '/') || strlen(name) >= sizeof(device->name))
		return -ENODEV;
	if ((size_t)snprintf(link, sizeof(link), "%s/%s/%s", root, BUS_PATH, name) >= sizeof(link) ||
	    !realpath(link, path))
		return -ENODEV;
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -ENODEV;
	strcpy(device->name, name);
	r = read_device(dir, path, device);
	if (r < 0)
		return r;
	*ret = device;
	device = NULL;
	return 0;
}

/* "1-2" is a device; "1-2:1.0" is an interface. */
static int is_device(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && !strchr(entry->d_name, ':');
}

int kb_sysfs_read(const char *root, struct kb_sysfs_devices *ret)
{
	struct kb_sysfs_devices devices = { 0 };
	struct dirent **entries = NULL;
	char path[PATH_MAX];
	int n, i, r = 0;

	snprintf(path, sizeof(path), "%s/%s", root, BUS_PATH);
	n = scandir(path, &entries, is_device, versionsort);
	if (n < 0)
		return -errno;
	devices.list = calloc(n + 1, sizeof(*devices.list));
	if (!devices.list)
		r = -ENOMEM;
	for (i = 0; i < n; i++) {
		if (!r)
			r = kb_sysfs_read_one(root, entries[i]->d_name, &devices.list[devices.n]);
		if (!r)
			devices.n++;
		else if (r == -ENODEV)
			r = 0;
		free(entries[i]);
	}
	free(entries);
	if (r < 0) {
		kb_sysfs_done(&devices);
		return r;
	}
	*ret = devices;
	return 0;
}

void kb_sysfs_done(struct kb_sysfs_devices *devices)
{
	size_t i;

	for (i = 0; i < devices->n; i++)
		free(devices->list[i]);
	free(devices->list);
	*devices = (struct kb_sysfs_devices){ 0 };
}
