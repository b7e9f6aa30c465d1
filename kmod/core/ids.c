// SPDX-License-Identifier: GPL-2.0-only
/* Devices known by number, and kernel drivers known by name. */
#include "ids.h"

#define K(v, p, c, s, pr, n, mask, what)                                                         \
	{ 0x##v, 0x##p, 0x##c, 0x##s, 0x##pr, 0x##n, mask, KB_KNOWN_##what },
#define S(v, p)	K(v, p, 0, 0, 0, 0, KB_KNOWN_PRODUCT, STORAGE)
#define M(v, p)	K(v, p, 0, 0, 0, 0, KB_KNOWN_PRODUCT, MTP)
#define N(v, p)	K(v, p, 0, 0, 0, 0, KB_KNOWN_PRODUCT, NETWORK)
#define W(v, p)	K(v, p, 0, 0, 0, 0, KB_KNOWN_PRODUCT, WWAN)
#define B(v, p)	K(v, p, 0, 0, 0, 0, KB_KNOWN_PRODUCT, WIRELESS)
#define R(v, p)	K(v, p, 0, 0, 0, 0, KB_KNOWN_PRODUCT, SERIAL)

/* Sorted as compare() below says. */
static const struct kb_known known_devices[] = {
#include "ids.inc"
};

static const u32 known_classes[KB_KNOWN_MAX] = {
	[KB_KNOWN_STORAGE] = KB_CLASS_BIT(KB_CLASS_STORAGE),
	[KB_KNOWN_MTP] = KB_CLASS_BIT(KB_CLASS_MTP),
	[KB_KNOWN_NETWORK] = KB_CLASS_BIT(KB_CLASS_NETWORK),
	[KB_KNOWN_WWAN] = KB_CLASS_BIT(KB_CLASS_WWAN),
	[KB_KNOWN_WIRELESS] = KB_CLASS_BIT(KB_CLASS_WIRELESS),
	[KB_KNOWN_SERIAL] = KB_CLASS_BIT(KB_CLASS_SERIAL),
};

/* Place in the table: vendor, then entries for all its products, then by product. */
static u64 place(u16 vendor, bool has_product, u16 product)
{
	return (u64)vendor << 32 | (u64)has_product << 16 | product;
}

static u64 place_of(const struct kb_known *entry)
{
	return place(entry->vendor, entry->match & KB_KNOWN_PRODUCT, entry->product);
}

/* Index of the first entry at @wanted or behind it. */
static size_t find_first(u64 wanted)
{
	size_t low = 0, high = ARRAY_SIZE(known_devices);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (place_of(&known_devices[middle]) < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Interfaces whose class says what they are need no table, and must not be touched by it. */
static bool explains_itself(const struct kb_usb_alt *alt, enum kb_known_kind kind)
{
	switch (alt->class) {
	case 0x00:
	case 0xff:
		return false;
	case 0x02:
	case 0x0a:
	case 0xdc:
	case 0xe0:
	case 0xef:
	case 0xfe:
		/* a phone's modem interface moves no files */
		return kind == KB_KNOWN_MTP;
	default:
		return true;
	}
}

static bool entry_matches(const struct kb_known *entry, u8 number, const struct kb_usb_alt *alt)
{
	if (entry->match & KB_KNOWN_CLASS && entry->class != alt->class)
		return false;
	if (entry->match & KB_KNOWN_SUBCLASS && entry->subclass != alt->subclass)
		return false;
	if (entry->match & KB_KNOWN_PROTOCOL && entry->protocol != alt->protocol)
		return false;
	if (entry->match & KB_KNOWN_NUMBER && entry->number != number)
		return false;
	return entry->match & KB_KNOWN_CLASS || !explains_itself(alt, entry->kind);
}

static u32 classes_at(u64 wanted, u8 number, const struct kb_usb_alt *alt)
{
	u32 classes = 0;
	size_t i;

	for (i = find_first(wanted); i < ARRAY_SIZE(known_devices); i++) {
		const struct kb_known *entry = &known_devices[i];

		if (place_of(entry) != wanted)
			break;
		if (entry_matches(entry, number, alt))
			classes |= known_classes[entry->kind];
	}
	return classes;
}

u32 kb_usb_known_classes(const struct kb_usb_device *dev, u8 number,
			 const struct kb_usb_alt *alt)
{
	return classes_at(place(dev->vendor, false, 0), number, alt) |
	       classes_at(place(dev->vendor, true, dev->product), number, alt);
}

#define STORAGE	 KB_CLASS_BIT(KB_CLASS_STORAGE)
#define MTP	 KB_CLASS_BIT(KB_CLASS_MTP)
#define WIRELESS KB_CLASS_BIT(KB_CLASS_WIRELESS)
/* Drivers of one family reach for both, whatever the makers call their device. */
#define NETWORK	 (KB_CLASS_BIT(KB_CLASS_NETWORK) | KB_CLASS_BIT(KB_CLASS_WWAN))

/*
 * Names in struct usb_driver of Linux 6.1 and 6.12 (and of families that grow
 * since), written with '-'. A star at the end stands for anything.
 */
static const struct driver_entry {
	const char *name;
	u32 classes;
} driver_entries[] = {
	{ "usb-storage", STORAGE },	{ "uas", STORAGE },
	{ "ums-*", STORAGE },		{ "rtsx-usb", STORAGE },
	{ "ushc", STORAGE },		{ "vub300", STORAGE },
	{ "mdc800", MTP },

	{ "btusb", WIRELESS },		{ "ath3k", WIRELESS },
	{ "bcm203x", WIRELESS },	{ "bfusb", WIRELESS },
	{ "bpa10x", WIRELESS },

	{ "cdc-ether", NETWORK },	{ "cdc-eem", NETWORK },
	{ "cdc-mbim", NETWORK },	{ "cdc-ncm", NETWORK },
	{ "cdc-phonet", NETWORK },	{ "cdc-subset", NETWORK },
	{ "cdc-wdm", NETWORK },		{ "huawei-cdc-ncm", NETWORK },
	{ "rndis-host", NETWORK },	{ "rndis-wlan", NETWORK },
	{ "ipheth", NETWORK },		{ "usbip-host", NETWORK },

	{ "aqc111", NETWORK },		{ "asix", NETWORK },
	{ "ax88179-178a", NETWORK },	{ "catc", NETWORK },
	{ "ch9200", NETWORK },		{ "CoreChips", NETWORK },
	{ "cx82310-eth", NETWORK },	{ "dm9601", NETWORK },
	{ "gl620a", NETWORK },		{ "int51x1", NETWORK },
	{ "kaweth", NETWORK },		{ "lan78xx", NETWORK },
	{ "MOSCHIP usb-ethernet driver", NETWORK },
	{ "net1080", NETWORK },		{ "pegasus", NETWORK },
	{ "plusb", NETWORK },		{ "r8152*", NETWORK },
	{ "r8153-ecm", NETWORK },	{ "rtl8150", NETWORK },
	{ "smsc75xx", NETWORK },	{ "smsc95xx", NETWORK },
	{ "sr9700", NETWORK },		{ "sr9800", NETWORK },
	{ "zaurus", NETWORK },		{ "atusb", NETWORK },
	{ "mctp-usb", NETWORK },

	{ "hso", NETWORK },		{ "ipw", NETWORK },
	{ "kalmia", NETWORK },		{ "lg-vl600", NETWORK },
	{ "option", NETWORK },		{ "qcaux", NETWORK },
	{ "qcserial", NETWORK },	{ "qmi-wwan", NETWORK },
	{ "sierra", NETWORK },		{ "sierra-net", NETWORK },

	{ "cxacru", NETWORK },		{ "speedtch", NETWORK },
	{ "ueagle-atm", NETWORK },	{ "xusbatm", NETWORK },
	{ "HFC-S-USB", NETWORK },

	{ "ems-usb", NETWORK },		{ "esd-usb*", NETWORK },
	{ "etas-es58x", NETWORK },	{ "f81604", NETWORK },
	{ "gs-usb", NETWORK },		{ "kvaser-usb", NETWORK },
	{ "mcba-usb", NETWORK },	{ "peak-usb", NETWORK },
	{ "ucan", NETWORK },		{ "usb-8dev", NETWORK },

	{ "ar5523", NETWORK },		{ "at76c50x-usb", NETWORK },
	{ "ath10k-usb", NETWORK },	{ "ath6kl-usb", NETWORK },
	{ "ath9k-htc", NETWORK },	{ "brcmfmac", NETWORK },
	{ "carl9170", NETWORK },	{ "lbtf-usb", NETWORK },
	{ "mt7*", NETWORK },		{ "mwifiex-usb", NETWORK },
	{ "orinoco-usb", NETWORK },	{ "p54usb", NETWORK },
	{ "prism2-usb", NETWORK },	{ "r8188eu", NETWORK },
	{ "r8712u", NETWORK },		{ "RSI-USB WLAN", NETWORK },
	{ "rt2500usb", NETWORK },	{ "rt2800usb", NETWORK },
	{ "rt73usb", NETWORK },		{ "rtl8187", NETWORK },
	{ "rtl8192cu", NETWORK },	{ "rtl8192du", NETWORK },
	{ "rtl819xU", NETWORK },	{ "rtl8xxxu", NETWORK },
	{ "rtw-*", NETWORK },		{ "rtw88-*", NETWORK },
	{ "rtw89-*", NETWORK },		{ "usb8xxx", NETWORK },
	{ "vt6656", NETWORK },		{ "zd1201", NETWORK },
	{ "zd1211rw", NETWORK },
};

/* Module and driver names mix '-' and '_' for the same thing. */
static bool name_matches(const char *pattern, const char *name)
{
	for (; *pattern; pattern++, name++) {
		if (*pattern == '*')
			return true;
		if (*pattern != (*name == '_' ? '-' : *name))
			return false;
	}
	return !*name;
}

u32 kb_usb_driver_classes(const char *driver)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(driver_entries); i++)
		if (name_matches(driver_entries[i].name, driver))
			return driver_entries[i].classes;
	return 0;
}
