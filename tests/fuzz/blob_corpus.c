// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the seeds of blob_fuzz: build/fuzz/blob_corpus tests/fuzz/corpus/blob_fuzz */
#include "../unit/blob_make.h"
#include "../unit/gate_text.h"
#include "../unit/usb_text.h"

#include <stdio.h>

/* A keyboard with a disk in it, a hub, and a device as the first rule names it. */
static const u8 device[] = { 5,
			     0x00, 0x07, 0x81, 0x83,
			     0x02, 0x00, 0x00, 0x00,
			     0x03, 0x03, 0x01, 0x01,
			     0x0b, 0x08, 0x06, 0x50,
			     0x05, 0xff, 0x42, 0x01 };

static const struct {
	const char *name, *rules;
} policies[] = {
	{ "closed", "default=refuse" },
	{ "open", "default=allow" },
	{ "staff", "refuse has=keyboard,storage;allow class=hub,keyboard,mouse,smartcard,audio;"
		   "allow usb=0781:5583 serial=4C530001231120;refuse class=storage,mtp,network,wwan" },
	{ "ids", "allow usb=0781:5583,0951:*,*:1234,07*1:****;refuse usb=*:*" },
	{ "ports", "allow port=pci-0000:00:14.0/2.*,pci-0000:00:14.0/*;refuse port=pci-0000:00:14.0/2.1" },
	{ "interfaces", "allow interface=03/01/01,03/01/*,*/*/*;refuse interface=08/*/*" },
	{ "counts", "allow count=keyboard:1-1,interfaces:0-3;refuse count=storage:1-255" },
	{ "has", "refuse has=keyboard,mouse;refuse has=keyboard;allow" },
	{ "catchall", "allow;refuse" },
};

static const struct {
	const char *name, *text;
} gates[] = {
	{ "gates-bare", "link refuse\npaths" },
	{ "gates-links", "link allow bypass=allow\n"
			 "link-rule refuse kind=tether,wwan,tun\n"
			 "link-rule allow name=lan kind=ethernet bus=pci,usb path=pci-0000:00:14.0/* "
			 "driver=cdc_ether ifname=en* mac=02:00:5e:00:00:00/ff:ff:ff:f0:00:00 random\n" },
	{ "gates-open", "network m protected 10.20.0.0/16\n"
			"paths other=allow peers=allow inbound=allow discovery=allow dhcp=allow" },
	{ "gates-paths", "network m protected 10.20.0.0/16 2001:db8:20::/48\n"
			 "network h 10.20.0.10 2001:db8:20::10\nnetwork x 10.0.0.0/8 ::/0\n"
			 "profile A ssid\nzone z\nhours o 31:480-1140,32:1320-300\nhours all 127:0-1440\n"
			 "paths other=allow dhcp=allow\n"
			 "path p to=m,h service=tcp/3300-3400,udp/3389 link=A zone=z hours=o,all "
			 "next-hop=02:02:02:02:02:02 user=0-5000 group=0-5000 cgroup=a.slice\n"
			 "essential e to=x service=udp/3380-3389\ncollector c to=x service=tcp/3389\n"
			 "peer q to=x\ninbound i service=tcp/3389\ndiscovery d service=udp/3389\n"
			 "tunnel t to=x service=esp,gre" },
};

static void write_seed(const char *dir, const char *name, const void *blob, size_t len)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	if (!file || fwrite(device, 1, sizeof(device), file) != sizeof(device) ||
	    fwrite(blob, 1, len, file) != len || fclose(file)) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct blob_make b;
	size_t i;

	if (argc != 2) {
		fprintf(stderr, "usage: blob_corpus DIRECTORY\n");
		return 2;
	}
	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		struct kb_policy *policy = usb_text_policy(policies[i].rules);

		write_seed(argv[1], policies[i].name, policy->blob, policy->blob_len);
		kb_policy_free(policy);
	}
	for (i = 0; i < ARRAY_SIZE(gates); i++) {
		gate_text_blob(gates[i].text, &b);
		write_seed(argv[1], gates[i].name, b.bytes, b.len);
		blob_make_free(&b);
	}
	blob_make_gates_example(&b);
	write_seed(argv[1], "gates", b.bytes, b.len);
	blob_make_free(&b);
	blob_make_example(&b);
	write_seed(argv[1], "everything", b.bytes, b.len);
	write_seed(argv[1], "cut", b.bytes, b.len / 2);
	b.bytes[7] = '2';
	write_seed(argv[1], "magic", b.bytes, b.len);
	blob_make_free(&b);
	return 0;
}
