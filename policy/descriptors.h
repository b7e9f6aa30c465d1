/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw USB descriptors, as a device sent them, into the decision's structure. */
#ifndef KIDOBAN_POLICY_DESCRIPTORS_H
#define KIDOBAN_POLICY_DESCRIPTORS_H

#include <kidoban/usb.h>

#define KB_DESCRIPTORS_MAX	(256 * 1024)	/* bytes of a device's sysfs "descriptors" */

/*
 * Reads a device descriptor and the configurations behind it (the content of
 * sysfs "descriptors") and fills ids, class, interfaces and all alternate
 * settings of configuration @configuration (0: the first). Nothing else of
 * @ret is touched. The bytes are hostile: what does not fit marks @ret as
 * overflowed, lengths that lie end the reading of their configuration.
 * 0, or -EBADMSG (@ret untouched) without a device descriptor.
 */
int kb_descriptors_parse(const void *bytes, size_t len, uint8_t configuration,
			 struct kb_usb_device *ret);

#endif
