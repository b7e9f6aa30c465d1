/* SPDX-License-Identifier: GPL-2.0-or-later */
/* USB devices described in words, for questions and tables of expectations. */
#ifndef KIDOBAN_POLICY_DEVICE_H
#define KIDOBAN_POLICY_DEVICE_H

#include <kidoban/usb.h>

#define KB_DEVICE_ALTS_MAX	8	/* alternate settings of one described interface */

struct kb_device_interface {
	unsigned int n_alts;		/* 1..KB_DEVICE_ALTS_MAX */
	struct kb_usb_alt alts[KB_DEVICE_ALTS_MAX];
};

/*
 * Reads an interface: a class name ("keyboard") or hexadecimal
 * class/subclass/protocol ("03/01/01"), with " MTP" behind it when the
 * interface is so named, and further alternate settings after "+"
 * ("08/06/50+08/06/62"). 0 or -EINVAL.
 */
int kb_device_interface_parse(const char *text, struct kb_device_interface *ret);

/* The usual alternate setting of a class, kb_usb_classify() gives exactly that class. */
void kb_device_typical(enum kb_class class, struct kb_usb_alt *ret);

/*
 * Reads "0781:5583" or "0781:5583:SERIAL" into vendor, product and serial
 * (which points into @text) of @ret. 0 or -EINVAL.
 */
int kb_device_id_parse(const char *text, struct kb_usb_device *ret);

/* Appends @interface, numbered one above the last. 0 or -ENOSPC. */
int kb_device_add(struct kb_usb_device *device, const struct kb_device_interface *interface);

/* Writes the names of a class mask with commas between; "-" for none. */
void kb_device_class_names(uint32_t classes, char *ret, size_t size);

#endif
