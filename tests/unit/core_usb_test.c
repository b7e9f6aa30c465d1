// SPDX-License-Identifier: GPL-2.0-or-later
/* The media gate's decision, case by case. The verdicts were written before the program was asked. */
#include <kidoban/policy.h>
#include <kidoban/usb.h>

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "usb_text.h"

struct decision_case {
	const char *name;
	const char *rules;	/* usb_text_policy(); NULL = no policy */
	const char *device;	/* usb_text_device() */
	const char *expect;	/* usb_text_verdict() of each interface */
	const char *driver;	/* NULL, or what binds to every interface */
};

/* What a counter terminal gets; the stick is the one with the payment slips. */
#define STAFF                                                                                    \
	"refuse has=keyboard,storage;"                                                           \
	"allow class=hub,keyboard,mouse,smartcard,audio;"                                        \
	"allow usb=0781:5583 serial=4C530001231120 count=interfaces:1-1;"                        \
	"refuse class=storage,mtp,network,wwan"
#define OPEN	"default=allow"
#define CLOSED	"default=refuse"
#define KBD	"413c:2003 0=03/01/01"
#define MOUSE	"045e:0025 0=03/01/02"
#define STICK	"0781:5583 serial=4C530001231120 0=08/06/50"
#define HUB	"05e3:0608 dev=09/00/01 0=09/00/00"
#define BADUSB	"16c0:0001 0=03/01/01 1=08/06/50"
#define PORTED	"0781:5583 port=pci-0000:00:14.0/2.1 0=08/06/50"
/* The same for KB_USB_INTERFACES_MAX interfaces. */
#define FOUR(x)		x " " x " " x " " x
#define FULL(x)		FOUR(FOUR(x)) " " FOUR(FOUR(x))

static const struct decision_case decision_cases[] = {
	/* no policy: installing the package enforces nothing */
	{ "no policy, keyboard", NULL, KBD, "+none", NULL },
	{ "no policy, stick", NULL, STICK, "+none", NULL },
	{ "no policy, too complex", NULL, "0781:5583 0=08/06/50 fill=300", "+none", NULL },
	{ "no policy, driver trick", NULL, KBD, "+none", "usb-storage" },
	{ "no policy, hub", NULL, HUB, "+none", NULL },

	/* the staff policy on what lies about at a counter */
	{ "staff: keyboard", STAFF, KBD, "+1", NULL },
	{ "staff: mouse", STAFF, MOUSE, "+1", NULL },
	{ "staff: keyboard with media keys", STAFF, "0a81:0101 0=03/01/01 1=03/00/00", "+1 -default", NULL },
	{ "staff: receiver C52B", STAFF, "046d:c52b 0=03/01/01 1=03/01/02 2=03/00/00", "+1 +1 -default", NULL },
	{ "staff: receiver C548 (Bolt)", STAFF, "046d:c548 0=03/01/01 1=03/01/02 2=03/00/00", "+1 +1 -default", NULL },
	{ "staff: headset", STAFF, "046d:0a02 0=01/01/00 1=01/02/00 2=01/02/00 3=03/00/00", "+1 +1 +1 -default", NULL },
	{ "staff: card reader SCR3310", STAFF, "04e6:5116 0=0b/00/00", "+1", NULL },
	{ "staff: card reader Gemalto", STAFF, "08e6:3437 0=0b/00/00", "+1", NULL },
	{ "staff: FeliCa RC-S380, the maker's class", STAFF, "054c:06c1 0=ff/00/00", "-default", NULL },
	{ "staff: FeliCa RC-S300, the maker's class", STAFF, "054c:0dc8 0=ff/00/00", "-default", NULL },
	{ "staff: YubiKey with keyboard, FIDO, CCID", STAFF, "1050:0407 0=03/01/01 1=03/00/00 2=0b/00/00", "+1 -default +1", NULL },
	{ "staff: security key FIDO only", STAFF, "1050:0120 0=03/00/00", "-default", NULL },
	{ "staff: hub", STAFF, HUB, "+1", NULL },
	{ "staff: the listed stick", STAFF, STICK, "+2", NULL },
	{ "staff: the same model, another serial", STAFF, "0781:5583 serial=4C530001231121 0=08/06/50", "-3", NULL },
	{ "staff: the same model, no serial", STAFF, "0781:5583 0=08/06/50", "-3", NULL },
	{ "staff: the listed stick grew a second interface", STAFF, STICK " 1=08/06/50", "-3 -3", NULL },
	{ "staff: the listed stick grew a keyboard", STAFF, STICK " 1=03/01/01", "-0 -0", NULL },
	{ "staff: any stick", STAFF, "0951:1666 serial=X 0=08/06/50", "-3", NULL },
	{ "staff: UAS disk", STAFF, "152d:0576 0=08/06/50 0=08/06/62", "-3", NULL },
	{ "staff: card slot", STAFF, "0bda:0129 0=ff/06/50", "-3", NULL },
	{ "staff: floppy drive", STAFF, "0644:0000 0=08/04/00", "-3", NULL },
	{ "staff: optical drive", STAFF, "13fd:0840 0=08/02/50", "-3", NULL },
	{ "staff: camera, PTP", STAFF, "04a9:309c 0=06/01/01", "-3", NULL },
	{ "staff: phone that names itself MTP", STAFF, "18d1:4ee1 0=ff/ff/00:MTP", "-3", NULL },
	{ "staff: phone, MTP as PTP class", STAFF, "04e8:6860 0=06/01/01", "-3", NULL },
	{ "staff: phone, tethering", STAFF, "04e8:6863 0=e0/01/03 1=0a/00/00", "-3 -3", NULL },
	{ "staff: phone, tethering and adb", STAFF, "18d1:4ee4 0=e0/01/03 1=0a/00/00 2=ff/42/01", "-3 -3 -3", NULL },
	{ "staff: iPhone: PTP, usbmux, tethering", STAFF, "05ac:12a8 0=06/01/01 1=ff/fe/02 2=ff/fd/01", "-3 -3 -3", NULL },
	{ "staff: fastboot", STAFF, "18d1:4ee0 0=ff/42/03", "-3", NULL },
	{ "staff: Ethernet ECM", STAFF, "0525:a4a2 0=02/06/00 1=0a/00/00", "-3 -3", NULL },
	{ "staff: Ethernet NCM", STAFF, "0b95:1790 0=02/0d/00 1=0a/00/01", "-3 -3", NULL },
	{ "staff: Ethernet RTL8153, the maker's class", STAFF, "0bda:8153 0=ff/ff/00", "-3", NULL },
	{ "staff: Wi-Fi stick", STAFF, "148f:5370 0=ff/ff/ff", "-3", NULL },
	{ "staff: modem MBIM", STAFF, "2cb7:01a2 0=02/0e/00 1=0a/00/02 2=ff/ff/40", "-3 -3 -3", NULL },
	{ "staff: modem that starts as a CD", STAFF, "12d1:1446 0=08/06/50", "-3", NULL },
	{ "staff: Bluetooth", STAFF, "8087:0026 dev=e0/01/01 0=e0/01/01 1=e0/01/01", "-default -default", NULL },
	{ "staff: webcam", STAFF, "5986:0706 0=0e/01/00 1=0e/02/00", "-default -default", NULL },
	{ "staff: printer", STAFF, "03f0:0104 0=07/01/01 0=07/01/02", "-default", NULL },
	{ "staff: printer with card slot", STAFF, "04b8:0838 0=ff/ff/ff 1=07/01/02 2=08/06/50", "-default -default -3", NULL },
	{ "staff: serial board", STAFF, "2341:0001 dev=02/00/00 0=02/02/01 1=0a/00/00", "-default -default", NULL },
	{ "staff: serial converter", STAFF, "0403:6001 0=ff/ff/ff", "-default", NULL },
	{ "staff: firmware loader", STAFF, "0483:df11 0=fe/01/02", "-default", NULL },
	{ "staff: billboard", STAFF, "2109:8818 dev=11/00/00 0=11/00/00", "-default", NULL },
	{ "staff: dock: hub", STAFF, "17ef:305a dev=09/00/01 0=09/00/00", "+1", NULL },
	{ "staff: dock: Ethernet", STAFF, "17ef:3069 0=ff/ff/00", "-3", NULL },
	{ "staff: dock: sound", STAFF, "17ef:306a 0=01/01/00 1=01/02/00", "+1 +1", NULL },
	{ "staff: display adapter", STAFF, "17e9:0290 0=ff/00/00", "-default", NULL },
	{ "staff: BadUSB, keyboard and disk", STAFF, BADUSB, "-0 -0", NULL },
	{ "staff: keyboard, disk and tethering", STAFF, BADUSB " 2=02/06/00", "-0 -0 -0", NULL },

	/* first match decides */
	{ "first match: allow before refuse", "allow class=storage;refuse class=storage", STICK, "+0", NULL },
	{ "first match: refuse before allow", "refuse class=storage;allow class=storage", STICK, "-0", NULL },
	{ "first match: specific before general", "refuse usb=0781:5583;allow class=storage", STICK, "-0", NULL },
	{ "first match: general before specific", "allow class=storage;refuse usb=0781:5583", STICK, "+0", NULL },
	{ "first match: later rule when the first does not fit", "allow usb=0781:0001;refuse class=storage", STICK, "-1", NULL },
	{ "first match: third of three", "allow usb=1111:*;refuse usb=2222:*;allow usb=0781:*", STICK, "+2", NULL },
	{ "a rule without conditions allows all", "allow", STICK, "+0", NULL },
	{ "a rule without conditions refuses all", "refuse", KBD, "-0", NULL },
	{ "catch-all at the end", "allow class=keyboard;refuse", MOUSE, "-1", NULL },

	/* defaults */
	{ "default refuse: keyboard", CLOSED, KBD, "-default", NULL },
	{ "default refuse: stick", CLOSED, STICK, "-default", NULL },
	{ "default refuse: hub stays", CLOSED, HUB, "+hub", NULL },
	{ "default allow: keyboard", OPEN, KBD, "+default", NULL },
	{ "default allow: printer", OPEN, "03f0:0104 0=07/01/01", "+default", NULL },
	{ "default allow: vendor class nobody knows", OPEN, "f00d:0001 0=ff/00/00", "+default", NULL },
	{ "default allow: class nobody knows", OPEN, "f00d:0001 0=aa/00/00", "+default", NULL },
	{ "default allow: stick", OPEN, STICK, "-hazard", NULL },
	{ "default allow: MTP", OPEN, "04a9:309c 0=06/01/01", "-hazard", NULL },
	{ "default allow: network", OPEN, "0bda:8153 0=ff/ff/00", "-hazard", NULL },
	{ "default allow: modem", OPEN, "2cb7:01a2 0=02/0e/00", "-hazard", NULL },
	{ "default allow: Bluetooth", OPEN, "8087:0026 0=e0/01/01", "-hazard", NULL },
	{ "default allow: hub", OPEN, HUB, "+hub", NULL },
	{ "default allow: only the hazard of a composite", OPEN, "04b8:0838 0=ff/ff/ff 1=07/01/02 2=08/06/50", "+default +default -hazard", NULL },
	{ "default allow: a rule lets the hazard in", OPEN ";allow usb=0781:5583", STICK, "+0", NULL },
	{ "default allow: one hazardous alternate setting", OPEN, "f00d:0001 0=03/01/01 0=08/06/50", "-hazard", NULL },

	/* alternate settings: an interface is all that it can become */
	{ "alt: keyboard that can turn disk, allow keyboard", "allow class=keyboard", "f00d:0001 0=03/01/01 0=08/06/50", "-default", NULL },
	{ "alt: disk that can turn keyboard, allow keyboard", "allow class=keyboard", "f00d:0001 0=08/06/50 0=03/01/01", "-default", NULL },
	{ "alt: refuse storage meets it", "refuse class=storage;allow class=keyboard", "f00d:0001 0=03/01/01 0=08/06/50", "-0", NULL },
	{ "alt: allow names both", "allow class=keyboard,storage", "f00d:0001 0=03/01/01 0=08/06/50", "+0", NULL },
	{ "alt: audio with a network setting", "allow class=audio", "f00d:0001 0=01/02/00 0=01/02/00 0=02/06/00", "-default", NULL },
	{ "alt: many equal settings", "allow class=video", "5986:0706 0=0e/02/00 fill=0 0=0e/02/00 0=0e/02/00", "+0", NULL },
	{ "alt: HID keyboard and HID device", "allow class=keyboard", "f00d:0001 0=03/01/01 0=03/00/00", "-default", NULL },
	{ "alt: vendor setting beside a printer", "allow class=printer", "f00d:0001 0=07/01/02 0=ff/00/00", "-default", NULL },

	/* class conditions */
	{ "allow needs every class: adb in a modem", "allow class=wwan", "1c9e:9b05 5=ff/42/01", "-default", NULL },
	{ "allow with both classes", "allow class=wwan,mtp", "1c9e:9b05 5=ff/42/01", "+0", NULL },
	{ "refuse needs one class", "refuse class=wwan;allow", "1c9e:9b05 5=ff/42/01", "-0", NULL },
	{ "refuse with the other class", "refuse class=mtp;allow", "1c9e:9b05 5=ff/42/01", "-0", NULL },
	{ "allow more than there is", "allow class=keyboard,mouse,storage", KBD, "+0", NULL },
	{ "allow vendor covers the unknown", "allow class=vendor", "138a:0017 0=ff/00/00", "+0", NULL },
	{ "allow vendor does not cover a known adapter", "allow class=vendor", "0bda:8153 0=ff/ff/00", "-default", NULL },
	{ "allow vendor does not cover a known phone", "allow class=vendor", "0fce:015a 0=ff/ff/00", "-default", NULL },
	{ "allow vendor does not cover a known stick", "allow class=vendor", "0bda:0129 0=ff/06/50", "-default", NULL },
	{ "allow other", "allow class=other", "298d:1010 0=00/00/00", "+0", NULL },
	{ "allow hid covers FIDO", "allow class=hid", "1050:0120 0=03/00/00", "+0", NULL },
	{ "allow hid does not cover a keyboard", "allow class=hid", KBD, "-default", NULL },
	{ "allow wireless does not cover RNDIS", "allow class=wireless", "04e8:6863 0=e0/01/03", "-default", NULL },
	{ "allow serial: console, not tethering", "allow class=serial", "0456:b673 0=02/02/ff 1=0a/00/00 2=08/06/50 3=02/02/01 4=0a/00/00", "-default -default -default +0 +0", NULL },
	{ "refuse by class leaves the rest", "refuse class=storage;allow", "04b8:0838 0=ff/ff/ff 1=07/01/02 2=08/06/50", "+1 +1 -0", NULL },

	/* vendor and product */
	{ "usb: exact", "allow usb=0781:5583", STICK, "+0", NULL },
	{ "usb: other product", "allow usb=0781:5584", STICK, "-default", NULL },
	{ "usb: other vendor", "allow usb=0782:5583", STICK, "-default", NULL },
	{ "usb: any product", "allow usb=0781:*", STICK, "+0", NULL },
	{ "usb: any vendor", "allow usb=*:5583", STICK, "+0", NULL },
	{ "usb: anything", "allow usb=*:*", STICK, "+0", NULL },
	{ "usb: digit stars fit", "allow usb=0781:55**", STICK, "+0", NULL },
	{ "usb: digit stars do not fit", "allow usb=0781:56**", STICK, "-default", NULL },
	{ "usb: star in the first digit", "allow usb=*781:*583", STICK, "+0", NULL },
	{ "usb: star in the middle", "allow usb=07*1:5*83", STICK, "+0", NULL },
	{ "usb: star, other last digit", "allow usb=07*2:5583", STICK, "-default", NULL },
	{ "usb: second of a list", "allow usb=0951:1666,0781:5583", STICK, "+0", NULL },
	{ "usb: none of a list", "allow usb=0951:1666,0781:5584", STICK, "-default", NULL },
	{ "usb: zero id", "allow usb=0000:0000", "0000:0000 0=03/01/01", "+0", NULL },
	{ "usb: zero id does not match another", "allow usb=0000:0000", KBD, "-default", NULL },
	{ "usb: ffff:ffff", "allow usb=ffff:ffff", "ffff:ffff 0=03/01/01", "+0", NULL },

	/* serial numbers */
	{ "serial: exact", "allow serial=4C530001231120", STICK, "+0", NULL },
	{ "serial: prefix only", "allow serial=4C5300012311", STICK, "-default", NULL },
	{ "serial: longer", "allow serial=4C5300012311200", STICK, "-default", NULL },
	{ "serial: case counts", "allow serial=4c530001231120", STICK, "-default", NULL },
	{ "serial: the device has none", "allow serial=4C530001231120", "0781:5583 0=08/06/50", "-default", NULL },
	{ "serial: second of a list", "allow serial=AAAA,4C530001231120", STICK, "+0", NULL },
	{ "serial: a star is no wildcard", "allow serial=*", STICK, "-default", NULL },
	{ "serial: refuse one lost stick", "refuse serial=4C530001231120;allow class=storage", STICK, "-0", NULL },
	{ "serial: refuse one, another passes", "refuse serial=LOST;allow class=storage", STICK, "+1", NULL },
	{ "serial: right serial, wrong model", "allow usb=0951:* serial=4C530001231120", STICK, "-default", NULL },

	/* ports */
	{ "port: exact", "allow port=pci-0000:00:14.0/2.1", PORTED, "+0", NULL },
	{ "port: another", "allow port=pci-0000:00:14.0/2.2", PORTED, "-default", NULL },
	{ "port: longer number", "allow port=pci-0000:00:14.0/2.1", "0781:5583 port=pci-0000:00:14.0/2.11 0=08/06/50", "-default", NULL },
	{ "port: behind a hub", "allow port=pci-0000:00:14.0/2.*", PORTED, "+0", NULL },
	{ "port: deep behind a hub", "allow port=pci-0000:00:14.0/2.*", "0781:5583 port=pci-0000:00:14.0/2.1.3 0=08/06/50", "+0", NULL },
	{ "port: the hub's own port is not behind it", "allow port=pci-0000:00:14.0/2.*", "0781:5583 port=pci-0000:00:14.0/2 0=08/06/50", "-default", NULL },
	{ "port: 21 is not behind 2", "allow port=pci-0000:00:14.0/2.*", "0781:5583 port=pci-0000:00:14.0/21 0=08/06/50", "-default", NULL },
	{ "port: the whole controller", "allow port=pci-0000:00:14.0/*", PORTED, "+0", NULL },
	{ "port: another controller", "allow port=pci-0000:0a:00.3/*", PORTED, "-default", NULL },
	{ "port: list", "allow port=pci-0000:0a:00.3/*,pci-0000:00:14.0/2.*", PORTED, "+0", NULL },
	{ "port: and class", "allow port=pci-0000:00:14.0/* class=keyboard", PORTED, "-default", NULL },
	{ "port: refuse the front ports", "refuse port=pci-0000:00:14.0/2.*;allow class=storage", PORTED, "-0", NULL },

	/* interface triples */
	{ "interface: exact", "allow interface=03/01/01", KBD, "+0", NULL },
	{ "interface: protocol star", "allow interface=03/01/*", MOUSE, "+0", NULL },
	{ "interface: subclass star", "allow interface=03/*/01", KBD, "+0", NULL },
	{ "interface: other protocol", "allow interface=03/01/02", KBD, "-default", NULL },
	{ "interface: any", "allow interface=*/*/*", STICK, "+0", NULL },
	{ "interface: allow needs every setting", "allow interface=03/01/01", "f00d:0001 0=03/01/01 0=03/00/00", "-default", NULL },
	{ "interface: allow lists every setting", "allow interface=03/01/01,03/00/00", "f00d:0001 0=03/01/01 0=03/00/00", "+0", NULL },
	{ "interface: refuse needs one setting", "refuse interface=08/*/*;allow", "f00d:0001 0=03/01/01 0=08/06/50", "-0", NULL },
	{ "interface: refuse misses", "refuse interface=08/*/*;allow", KBD, "+1", NULL },
	{ "interface: UAS alone can be refused", "refuse interface=08/06/62;allow class=storage", "152d:0576 0=08/06/50 0=08/06/62", "-0", NULL },
	{ "interface: per interface", "allow interface=07/*/*", "04b8:0838 0=ff/ff/ff 1=07/01/02 2=08/06/50", "-default +0 -default", NULL },
	{ "interface: and class must both hold", "allow interface=ff/*/* class=vendor", "0bda:8153 0=ff/ff/00", "-default", NULL },

	/* combinations */
	{ "has: keyboard and storage", "refuse has=keyboard,storage;allow", BADUSB, "-0 -0", NULL },
	{ "has: storage alone is not both", "refuse has=keyboard,storage;allow", STICK, "+1", NULL },
	{ "has: keyboard alone is not both", "refuse has=keyboard,storage;allow", KBD, "+1", NULL },
	{ "has: across alternate settings", "refuse has=keyboard,storage;allow", "f00d:0001 0=03/01/01 0=08/06/50", "-0", NULL },
	{ "has: allow what belongs to a headset", "allow has=audio class=audio,hid", "046d:0a02 0=01/01/00 1=03/00/00", "+0 +0", NULL },
	{ "has: the same without sound", "allow has=audio class=audio,hid", "054c:0002 0=03/00/00", "-default", NULL },
	{ "has and class on a composite", "refuse has=keyboard class=storage;allow class=keyboard,storage", BADUSB, "+1 -0", NULL },

	/* counts */
	{ "count: one keyboard", "allow class=keyboard count=keyboard:1-1", KBD, "+0", NULL },
	{ "count: a second keyboard", "allow class=keyboard count=keyboard:1-1", "f00d:0001 0=03/01/01 1=03/01/01", "-default -default", NULL },
	{ "count: refuse two and more", "refuse count=keyboard:2-255;allow", "f00d:0001 0=03/01/01 1=03/01/01", "-0 -0", NULL },
	{ "count: refuse two and more, one there", "refuse count=keyboard:2-255;allow", KBD, "+1", NULL },
	{ "count: lower bound met", "allow count=interfaces:2-3", BADUSB, "+0 +0", NULL },
	{ "count: upper bound met", "allow count=interfaces:1-2", BADUSB, "+0 +0", NULL },
	{ "count: below", "allow count=interfaces:3-4", BADUSB, "-default -default", NULL },
	{ "count: above", "allow count=interfaces:1-1", BADUSB, "-default -default", NULL },
	{ "count: zero of a class", "allow count=storage:0-0", KBD, "+0", NULL },
	{ "count: not zero of a class", "allow count=storage:0-0", BADUSB, "-default -default", NULL },
	{ "count: all must hold", "allow count=keyboard:1-1,storage:0-0", BADUSB, "-default -default", NULL },
	{ "count: an interface of two classes counts for each", "refuse count=mtp:1-9 class=wwan;allow", "1c9e:9b05 5=ff/42/01", "-0", NULL },

	{ "count: as many interfaces as there can be", "allow count=interfaces:32-32,hid:32-32", "f00d:0001 spare=32", FULL("+0"), NULL },
	{ "count: one interface too many", "allow", "f00d:0001 spare=33", FULL("-complex"), NULL },

	/* hubs */
	{ "hub: no rule", "refuse class=storage", HUB, "+hub", NULL },
	{ "hub: two settings", CLOSED, "0424:2504 dev=09/00/02 0=09/00/01 0=09/00/02", "+hub", NULL },
	{ "hub: a rule may refuse it", "refuse usb=05e3:*", HUB, "-0", NULL },
	{ "hub: refuse all refuses it", "refuse", HUB, "-0", NULL },
	{ "hub: root hub stays whatever the rules say", "refuse", "1d6b:0003 dev=09/00/03 root 0=09/00/00", "+hub", NULL },
	{ "hub: hub interface in another device", CLOSED, "f00d:0001 0=09/00/00", "-default", NULL },
	{ "hub: hub device with a disk", CLOSED, "f00d:0001 dev=09/00/00 0=09/00/00 1=08/06/50", "-default -default", NULL },
	{ "hub: hub device whose setting turns disk", CLOSED, "f00d:0001 dev=09/00/00 0=09/00/00 0=08/06/50", "-default", NULL },
	{ "hub: hub device without a hub interface", CLOSED, "f00d:0001 dev=09/00/00 0=03/01/01", "-default", NULL },
	{ "hub: hub with a disk, default allow", OPEN, "f00d:0001 dev=09/00/00 0=09/00/00 1=08/06/50", "+default -hazard", NULL },

	/* too much to look at */
	{ "complex: 256 settings are fine", "allow class=hid,keyboard", "f00d:0001 0=03/01/01 fill=255", "+0", NULL },
	{ "complex: 257 settings", "allow class=hid,keyboard", "f00d:0001 0=03/01/01 fill=256", "-complex", NULL },
	{ "complex: even when allowed by number", "allow usb=f00d:0001", "f00d:0001 0=03/01/01 fill=256", "-complex", NULL },
	{ "complex: even when all is allowed", "allow", "f00d:0001 0=03/01/01 1=03/01/01 fill=256", "-complex -complex", NULL },
	{ "complex: settings appended behind an overflow", "allow", "f00d:0001 0=03/01/01 fill=256 1=08/06/50", "-complex", NULL },
	{ "complex: hub", CLOSED, "f00d:0001 dev=09/00/00 0=09/00/00 fill=300", "-complex", NULL },

	/* a driver that makes something else of an interface (new_id, driver_override) */
	{ "driver: usb-storage on a keyboard", "allow class=keyboard", KBD, "-driver", "usb-storage" },
	{ "driver: uas on a keyboard", "allow class=keyboard", KBD, "-driver", "uas" },
	{ "driver: ums_realtek on a keyboard", "allow class=keyboard", KBD, "-driver", "ums_realtek" },
	{ "driver: r8152 on a vendor device", "allow class=vendor", "138a:0017 0=ff/00/00", "-driver", "r8152" },
	{ "driver: option on a vendor device", "allow class=vendor", "138a:0017 0=ff/00/00", "-driver", "option" },
	{ "driver: btusb on a vendor device", "allow class=vendor", "138a:0017 0=ff/00/00", "-driver", "btusb" },
	{ "driver: usbhid on a keyboard", "allow class=keyboard", KBD, "+0", "usbhid" },
	{ "driver: usbfs on a vendor device", "allow class=vendor", "138a:0017 0=ff/00/00", "+0", "usbfs" },
	{ "driver: usb-storage on the listed stick", STAFF, STICK, "+2", "usb-storage" },
	{ "driver: usb-storage on another stick", STAFF, "0781:5583 serial=X 0=08/06/50", "-3", "usb-storage" },
	{ "driver: allowed by number whatever it is", "allow usb=138a:0017", "138a:0017 0=ff/00/00", "+0", "usb-storage" },
	{ "driver: allowed by triple, not as a disk", "allow interface=03/01/01", KBD, "-driver", "usb-storage" },
	{ "driver: allowed by triple, as what it is", "allow interface=08/06/50", STICK, "+0", "usb-storage" },
	{ "driver: allowed by triple and class", "allow interface=03/01/01 class=keyboard,storage", KBD, "+0", "usb-storage" },
	{ "driver: default allow, not as a disk", OPEN, KBD, "-driver", "usb-storage" },
	{ "driver: default allow, keyboard driver", OPEN, KBD, "+default", "usbhid" },
	{ "driver: hub turned disk", CLOSED, HUB, "-driver", "usb-storage" },
	{ "driver: hub driver on a hub", CLOSED, HUB, "+hub", "hub" },
	{ "driver: never opens what is refused", "refuse class=keyboard;allow has=storage", KBD, "-0", "usb-storage" },
	{ "driver: a count does not open it either", "allow count=storage:1-1;refuse", KBD, "-1", "usb-storage" },
	{ "driver: makes the combination that is refused", "refuse has=keyboard,storage;allow usb=413c:*", KBD, "-driver", "usb-storage" },
	{ "driver: makes the count that is refused", "refuse count=storage:1-9;allow usb=413c:*", KBD, "-driver", "usb-storage" },
	{ "driver: counts only where it binds", "refuse count=storage:2-9;allow usb=413c:*", "413c:2003 0=03/01/01 1=03/01/02", "+1 +1", "usb-storage" },
	{ "driver: an allowance counts what the device says", "allow count=storage:0-0", KBD, "+0", "usb-storage" },
	{ "driver: an allowance for what the device has", "allow has=keyboard", KBD, "+0", "usb-storage" },
	{ "driver: a later rule may still cover it", "allow class=keyboard;allow usb=413c:2003", KBD, "+1", "usb-storage" },
	{ "driver: MBIM modem offered to cdc_ncm", "allow class=wwan", "2cb7:01a2 0=02/0e/00", "+0", "cdc_ncm" },
	{ "driver: NCM adapter offered to cdc_mbim", "allow class=network", "f00d:0001 0=02/0d/00", "+0", "cdc_mbim" },
	{ "driver: root hub", "refuse", "1d6b:0003 dev=09/00/03 root 0=09/00/00", "+hub", "usb-storage" },
	{ "driver: too complex", "allow", "f00d:0001 0=03/01/01 fill=256", "-complex", "usbhid" },
};

static void test_decision(void **state)
{
	const struct decision_case *c = *state;
	struct kb_policy *policy = c->rules ? usb_text_policy(c->rules) : NULL;
	struct usb_text_device device;
	char text[USB_TEXT_MAX];

	usb_text_device(c->device, &device);
	usb_text_verdicts(policy, &device.dev, c->driver, text, sizeof(text));
	kb_policy_free(policy);
	assert_string_equal(text, c->expect);
}

/* What nobody can judge is refused, not read beyond. */
static void test_refuses_broken_devices(void **state)
{
	struct kb_policy *policy = usb_text_policy("allow");
	struct usb_text_device device;
	struct kb_usb_verdict verdict;

	(void)state;
	usb_text_device(BADUSB, &device);
	kb_usb_decide(policy, &device.dev, 2, &verdict);
	assert_int_equal(verdict.action, KB_ACTION_REFUSE);
	kb_usb_decide(policy, &device.dev, ~0u, &verdict);
	assert_int_equal(verdict.reason, KB_REASON_COMPLEX);
	kb_usb_decide_bind(policy, &device.dev, 77, "usb-storage", &verdict);
	assert_int_equal(verdict.action, KB_ACTION_REFUSE);

	usb_text_device("f00d:0001 spare=32", &device);
	kb_usb_decide(policy, &device.dev, KB_USB_INTERFACES_MAX, &verdict);
	assert_int_equal(verdict.reason, KB_REASON_COMPLEX);

	usb_text_device(BADUSB, &device);
	device.dev.interfaces[1].n_alts = 2;
	kb_usb_decide(policy, &device.dev, 1, &verdict);
	assert_int_equal(verdict.reason, KB_REASON_COMPLEX);
	device.dev.interfaces[1].n_alts = 0;
	kb_usb_decide(policy, &device.dev, 1, &verdict);
	assert_int_equal(verdict.reason, KB_REASON_COMPLEX);
	device.dev.interfaces[0].classes = 0;
	kb_usb_decide(policy, &device.dev, 0, &verdict);
	assert_int_equal(verdict.reason, KB_REASON_COMPLEX);
	kb_policy_free(policy);
}

static void test_overflow_sticks(void **state)
{
	static const struct kb_usb_alt alt = { .class = 0x03 };
	struct usb_text_device device;
	int i;

	(void)state;
	usb_text_device("f00d:0001", &device);
	for (i = 0; i < KB_USB_INTERFACES_MAX; i++)
		assert_int_equal(kb_usb_device_add_interface(&device.dev, (u8)i), 0);
	assert_false(device.dev.overflow);
	assert_int_equal(kb_usb_device_add_interface(&device.dev, 99), -ENOSPC);
	assert_true(device.dev.overflow);
	assert_int_equal(device.dev.n_interfaces, KB_USB_INTERFACES_MAX);
	assert_int_equal(kb_usb_device_add_alt(&device.dev, &alt), -ENOSPC);
	assert_int_equal(device.dev.n_alts, 0);

	usb_text_device("f00d:0001", &device);
	assert_int_equal(kb_usb_device_add_alt(&device.dev, &alt), -ENOSPC);
	assert_true(device.dev.overflow);
}

static void test_port_match(void **state)
{
	static const struct {
		const char *pattern, *port;
		bool match;
	} pairs[] = {
		{ "pci-0000:00:14.0/2.1", "pci-0000:00:14.0/2.1", true },
		{ "pci-0000:00:14.0/2.*", "pci-0000:00:14.0/2.1", true },
		{ "pci-0000:00:14.0/2.*", "pci-0000:00:14.0/2.1.3", true },
		{ "pci-0000:00:14.0/2.*", "pci-0000:00:14.0/2", false },
		{ "pci-0000:00:14.0/2.*", "pci-0000:00:14.0/2.", false },
		{ "pci-0000:00:14.0/2.*", "pci-0000:00:14.0/21", false },
		{ "pci-0000:00:14.0/*", "pci-0000:00:14.0/1", true },
		{ "pci-0000:00:14.0/*", "pci-0000:00:14.0/", false },
		{ "pci-0000:00:14.0/*", "pci-0000:00:14.1/1", false },
		{ "pci-0000:00:14.*", "pci-0000:00:14.0/1", false },
		{ "pci-0000:00:14.0/2*", "pci-0000:00:14.0/21", false },
		{ "*", "pci-0000:00:14.0/1", false },
		{ "/*", "pci-0000:00:14.0/1", false },
		{ "/*", "/1", true },
		{ "", "pci-0000:00:14.0/1", false },
		{ "", "", true },
		{ "pci-0000:00:14.0/*.1", "pci-0000:00:14.0/2.1", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		if (kb_usb_port_match(pairs[i].pattern, pairs[i].port) != pairs[i].match)
			fail_msg("\"%s\" and \"%s\"", pairs[i].pattern, pairs[i].port);
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(decision_cases) + 3];
	const struct CMUnitTest more[] = {
		cmocka_unit_test(test_refuses_broken_devices),
		cmocka_unit_test(test_overflow_sticks),
		cmocka_unit_test(test_port_match),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(decision_cases); i++)
		tests[i] = (struct CMUnitTest){ .name = decision_cases[i].name,
						.test_func = test_decision,
						.initial_state = (void *)&decision_cases[i] };
	memcpy(tests + i, more, sizeof(more));
	return _cmocka_run_group_tests("core_usb", tests, ARRAY_SIZE(tests), NULL, NULL);
}
