/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices, policies and verdicts as one-line texts, for tables of test cases. */
#ifndef TESTS_UNIT_USB_TEXT_H
#define TESTS_UNIT_USB_TEXT_H

#include <kidoban/policy.h>
#include <kidoban/usb.h>

#define USB_TEXT_MAX	512	/* longest text of a device, a rule or its verdicts */

struct usb_text_device {
	struct kb_usb_device dev;	/* classified; strings lie below */
	char text[USB_TEXT_MAX];
};

/*
 * "VVVV:PPPP [dev=CC/SS/PP] [serial=S] [port=P] [root] N=CC/SS/PP[:MTP] ...":
 * an alternate setting each, consecutive equal N belong to one interface.
 * "fill=N" adds N alternate settings to the last interface, "spare=N" adds N
 * interfaces. The port is pci-0000:00:14.0/1 unless given.
 * A text that cannot be read fails the running test.
 */
void usb_text_device(const char *text, struct usb_text_device *ret);

/*
 * Rules separated by ';': "allow|refuse [usb=VVVV:PPPP,...] [serial=S,...]
 * [port=P,...] [class=NAME,...] [has=NAME,...] [interface=CC/SS/PP,...]
 * [count=NAME:MIN-MAX,...]", stars in ids and triples as in policy text, count
 * name "interfaces" for all. "default=allow" or "default=refuse" as a rule of
 * its own. Written as a blob and parsed: the caller frees the policy.
 */
struct kb_policy *usb_text_policy(const char *text);

/*
 * "+" or "-" and what decided: the index of the rule, or none, default,
 * hazard, hub, complex, driver. @ret holds 16 bytes.
 */
void usb_text_verdict(const struct kb_usb_verdict *verdict, char *ret);

/* Verdicts about all interfaces, separated by spaces; @driver NULL = nothing binds. */
void usb_text_verdicts(const struct kb_policy *policy, const struct kb_usb_device *dev,
		       const char *driver, char *ret, size_t size);

/* Names of the classes in @mask, joined by '+'. */
void usb_text_classes(u32 mask, char *ret, size_t size);
/* The like for every interface, separated by spaces. */
void usb_text_device_classes(const struct kb_usb_device *dev, char *ret, size_t size);

#endif
