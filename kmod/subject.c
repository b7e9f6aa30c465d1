// SPDX-License-Identifier: GPL-2.0-only
/* From the kernel's USB device to the decision core's. */
#include "subject.h"

#include <linux/usb/hcd.h>

void kb_subject_port(struct usb_device *udev, char *buf, size_t size)
{
	struct device *controller = udev->bus->controller;

	snprintf(buf, size, "%s-%s/%s", controller->bus ? controller->bus->name : "none",
		 dev_name(controller), udev->devpath);
}

static int add_interface(struct kb_usb_device *dev, const struct usb_interface_cache *cache)
{
	unsigned int i;
	int err;

	err = kb_usb_device_add_interface(dev, cache->altsetting[0].desc.bInterfaceNumber);
	for (i = 0; !err && i < cache->num_altsetting; i++) {
		const struct usb_host_interface *host = &cache->altsetting[i];
		struct kb_usb_alt alt = {
			.class = host->desc.bInterfaceClass,
			.subclass = host->desc.bInterfaceSubClass,
			.protocol = host->desc.bInterfaceProtocol,
			.named_mtp = host->string && !strcmp(host->string, "MTP"),
		};

		err = kb_usb_device_add_alt(dev, &alt);
	}
	return err;
}

struct kb_subject *kb_subject_new(struct usb_device *udev, struct usb_host_config *config)
{
	const struct usb_device_descriptor *desc = &udev->descriptor;
	struct kb_subject *subject;
	unsigned int i;

	subject = kzalloc(sizeof(*subject), GFP_KERNEL);
	if (!subject)
		return NULL;
	kb_subject_port(udev, subject->port, sizeof(subject->port));
	subject->dev.vendor = le16_to_cpu(desc->idVendor);
	subject->dev.product = le16_to_cpu(desc->idProduct);
	subject->dev.class = desc->bDeviceClass;
	subject->dev.subclass = desc->bDeviceSubClass;
	subject->dev.protocol = desc->bDeviceProtocol;
	subject->dev.root_hub = !udev->parent;
	subject->dev.serial = udev->serial && *udev->serial ? udev->serial : NULL;
	subject->dev.port = subject->port;

	/*
	 * The cache is there for every configuration, config->interface[] only
	 * for the one in use. An overflow is remembered and refused by the core.
	 */
	for (i = 0; i < config->desc.bNumInterfaces; i++)
		if (add_interface(&subject->dev, config->intf_cache[i]))
			break;
	kb_usb_classify(&subject->dev);
	return subject;
}
