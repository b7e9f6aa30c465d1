// SPDX-License-Identifier: GPL-2.0-or-later
/* Is a USB device the one that stays in the office? */
#include "agent/place/dock_match.h"

bool kb_dock_match(const struct kb_evidence *evidence, const struct kb_sysfs_device *device)
{
	const struct kb_usb_id *id = &evidence->dock.id;

	if (device->usb.root_hub || (device->usb.vendor ^ id->vendor) & id->vendor_mask ||
	    (device->usb.product ^ id->product) & id->product_mask)
		return false;
	if (evidence->dock.serial && strcmp(evidence->dock.serial, device->serial))
		return false;
	return !evidence->dock.port || kb_usb_port_match(evidence->dock.port, device->port);
}
