// SPDX-License-Identifier: GPL-2.0-or-later
/* The link gate's decision (N1): rules, spoofed addresses, kinds and what they are told by. */
#include <kidoban/policy.h>

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "gate_text.h"

static const u8 burnt_in[6] = { 0x02, 0x00, 0x5e, 0x00, 0x01, 0x0a };
static const u8 other[6] = { 0x02, 0x00, 0x5e, 0x00, 0x01, 0x0b };

/* A wired card of the office, to be changed. */
static struct kb_netdev card(void)
{
	struct kb_netdev dev = {
		.ifname = "enp0s3",
		.path = "pci-0000:00:03.0",
		.driver = "e1000e",
		.kind = KB_LINK_ETHERNET,
		.bus = KB_LINK_BUS_PCI,
		.has_mac = true,
		.has_perm_mac = true,
	};

	memcpy(dev.mac, burnt_in, 6);
	memcpy(dev.perm_mac, burnt_in, 6);
	return dev;
}

static struct kb_link_verdict decide(const char *text, const struct kb_netdev *dev)
{
	struct kb_policy *policy = gate_text_policy(text);
	struct kb_link_verdict verdict;

	kb_link_decide(policy, dev, &verdict);
	kb_policy_free(policy);
	return verdict;
}

static void expect(const char *text, const struct kb_netdev *dev, enum kb_action action,
		   enum kb_reason reason, u32 rule)
{
	struct kb_link_verdict verdict = decide(text, dev);

	assert_int_equal(verdict.action, action);
	assert_int_equal(verdict.reason, reason);
	assert_int_equal(verdict.rule, rule);
}

#define REFUSED_BY_DEFAULT(text, dev) \
	expect("link refuse\n" text, dev, KB_ACTION_REFUSE, KB_REASON_DEFAULT, 0)
#define ALLOWED(text, dev) \
	expect("link refuse\n" text, dev, KB_ACTION_ALLOW, KB_REASON_RULE, 0)

static void test_no_policy(void **state)
{
	struct kb_netdev dev = card();
	struct kb_link_verdict verdict;
	struct kb_policy *policy = gate_text_policy("paths");

	(void)state;
	kb_link_decide(NULL, &dev, &verdict);
	assert_int_equal(verdict.action, KB_ACTION_ALLOW);
	assert_int_equal(verdict.reason, KB_REASON_NONE);
	/* the path gate is on, this one is not */
	kb_link_decide(policy, &dev, &verdict);
	assert_int_equal(verdict.action, KB_ACTION_ALLOW);
	assert_int_equal(verdict.reason, KB_REASON_NONE);
	kb_policy_free(policy);
}

static void test_default(void **state)
{
	struct kb_netdev dev = card();

	(void)state;
	REFUSED_BY_DEFAULT("", &dev);
	expect("link allow", &dev, KB_ACTION_ALLOW, KB_REASON_DEFAULT, 0);
}

static void test_loopback_always(void **state)
{
	struct kb_netdev dev = { .ifname = "lo", .path = "", .driver = "",
				 .kind = KB_LINK_LOOPBACK, .bus = KB_LINK_BUS_VIRTUAL };

	(void)state;
	expect("link refuse\nlink-rule refuse", &dev, KB_ACTION_ALLOW, KB_REASON_LOOPBACK, 0);
	/* its name is nobody's privilege */
	dev.kind = KB_LINK_OTHER;
	expect("link refuse\nlink-rule refuse", &dev, KB_ACTION_REFUSE, KB_REASON_RULE, 0);
}

static void test_first_match_decides(void **state)
{
	struct kb_netdev dev = card();

	(void)state;
	expect("link allow\nlink-rule allow kind=wifi\nlink-rule refuse bus=pci\nlink-rule allow", &dev,
	       KB_ACTION_REFUSE, KB_REASON_RULE, 1);
	expect("link refuse\nlink-rule allow\nlink-rule refuse bus=pci", &dev, KB_ACTION_ALLOW,
	       KB_REASON_RULE, 0);
}

static void test_kind_and_bus(void **state)
{
	struct kb_netdev dev = card();

	(void)state;
	REFUSED_BY_DEFAULT("link-rule allow kind=wifi,wwan", &dev);
	REFUSED_BY_DEFAULT("link-rule allow kind=ethernet bus=usb,virtual", &dev);
	REFUSED_BY_DEFAULT("link-rule allow kind=wifi bus=pci", &dev);
	ALLOWED("link-rule allow kind=wifi,ethernet bus=usb,pci", &dev);
	ALLOWED("link-rule allow", &dev);
}

static void test_path(void **state)
{
	struct kb_netdev dev = card();

	(void)state;
	REFUSED_BY_DEFAULT("link-rule allow path=pci-0000:00:04.0", &dev);
	REFUSED_BY_DEFAULT("link-rule allow path=pci-0000:00:03", &dev);
	ALLOWED("link-rule allow path=pci-0000:00:04.0,pci-0000:00:03.0", &dev);
	dev.path = "pci-0000:00:14.0/2.1";
	REFUSED_BY_DEFAULT("link-rule allow path=pci-0000:00:14.0/3.*", &dev);
	REFUSED_BY_DEFAULT("link-rule allow path=pci-0000:00:14.0", &dev);
	ALLOWED("link-rule allow path=pci-0000:00:14.0/2.*", &dev);
	ALLOWED("link-rule allow path=pci-0000:00:14.0/*", &dev);
	dev.path = "";
	REFUSED_BY_DEFAULT("link-rule allow path=pci-0000:00:14.0/*", &dev);
}

static void test_driver(void **state)
{
	struct kb_netdev dev = card();

	(void)state;
	dev.driver = "cdc_ether";
	REFUSED_BY_DEFAULT("link-rule allow driver=cdc", &dev);
	REFUSED_BY_DEFAULT("link-rule allow driver=cdc-ether2", &dev);
	REFUSED_BY_DEFAULT("link-rule allow driver=cdc.ether", &dev);
	ALLOWED("link-rule allow driver=r8152,cdc-ether", &dev);
	ALLOWED("link-rule allow driver=cdc_ether", &dev);
	dev.driver = "";
	REFUSED_BY_DEFAULT("link-rule allow driver=cdc_ether", &dev);
}

static void test_ifname(void **state)
{
	struct kb_netdev dev = card();

	(void)state;
	REFUSED_BY_DEFAULT("link-rule allow ifname=enp0s", &dev);
	REFUSED_BY_DEFAULT("link-rule allow ifname=enp0s33", &dev);
	REFUSED_BY_DEFAULT("link-rule allow ifname=wl*,eth*", &dev);
	ALLOWED("link-rule allow ifname=wl*,en*", &dev);
	ALLOWED("link-rule allow ifname=enp0s3*", &dev);
	ALLOWED("link-rule allow ifname=enp0s3", &dev);
	ALLOWED("link-rule allow ifname=*", &dev);
}

static void test_mac(void **state)
{
	struct kb_netdev dev = card();

	(void)state;
	REFUSED_BY_DEFAULT("link-rule allow mac=02:00:5e:00:01:0b", &dev);
	REFUSED_BY_DEFAULT("link-rule allow mac=02:00:5e:10:00:00/ff:ff:ff:f0:00:00", &dev);
	ALLOWED("link-rule allow mac=02:00:5e:00:01:0a", &dev);
	ALLOWED("link-rule allow mac=00:00:00:00:00:00,02:00:5e:00:00:00/ff:ff:ff:f0:00:00", &dev);
	/* only the permanent address counts */
	memcpy(dev.perm_mac, other, 6);
	REFUSED_BY_DEFAULT("link-rule allow mac=02:00:5e:00:01:0a random", &dev);
	dev.has_perm_mac = false;
	memcpy(dev.perm_mac, burnt_in, 6);
	REFUSED_BY_DEFAULT("link-rule allow mac=02:00:5e:00:01:0a", &dev);
	REFUSED_BY_DEFAULT("link-rule allow mac=00:00:00:00:00:00/00:00:00:00:00:00", &dev);
}

/* Whoever pretends to be another card is not the one that was allowed. */
static void test_spoofed(void **state)
{
	struct kb_netdev dev = card();

	(void)state;
	memcpy(dev.mac, other, 6);
	expect("link refuse\nlink-rule refuse kind=wifi\nlink-rule allow kind=ethernet", &dev,
	       KB_ACTION_REFUSE, KB_REASON_ADDRESS, 1);
	expect("link refuse\nlink-rule allow kind=ethernet random", &dev, KB_ACTION_ALLOW,
	       KB_REASON_RULE, 0);
	/* and a later rule does not help: the first that matches decides */
	expect("link refuse\nlink-rule allow kind=ethernet\nlink-rule allow random", &dev,
	       KB_ACTION_REFUSE, KB_REASON_ADDRESS, 0);
	expect("link refuse\nlink-rule refuse", &dev, KB_ACTION_REFUSE, KB_REASON_RULE, 0);
	dev.has_mac = false;
	expect("link refuse\nlink-rule allow", &dev, KB_ACTION_REFUSE, KB_REASON_ADDRESS, 0);
	/* what never had an address of its own may have any */
	dev.has_mac = true;
	dev.has_perm_mac = false;
	ALLOWED("link-rule allow", &dev);
}

static void expect_possible(const char *text, enum kb_link_kind kind, bool possible)
{
	struct kb_policy *policy = gate_text_policy(text);

	assert_int_equal(kb_link_kind_possible(policy, kind), possible);
	kb_policy_free(policy);
}

static void test_possible(void **state)
{
	(void)state;
	assert_true(kb_link_kind_possible(NULL, KB_LINK_TUN));
	expect_possible("paths", KB_LINK_TUN, true);
	expect_possible("link refuse", KB_LINK_TUN, false);
	expect_possible("link refuse", KB_LINK_LOOPBACK, true);
	expect_possible("link allow", KB_LINK_TUN, true);
	expect_possible("link refuse\nlink-rule allow kind=veth,tap", KB_LINK_TUN, false);
	expect_possible("link refuse\nlink-rule allow kind=veth,tun", KB_LINK_TUN, true);
	/* of cards no tunnel is made */
	expect_possible("link refuse\nlink-rule allow bus=pci,usb", KB_LINK_TUN, false);
	expect_possible("link refuse\nlink-rule allow bus=pci,virtual", KB_LINK_TUN, true);
	expect_possible("link refuse\nlink-rule allow ifname=vpn*", KB_LINK_TUN, true);
	/* a refusal of all of them decides, one of some does not */
	expect_possible("link allow\nlink-rule refuse kind=tun", KB_LINK_TUN, false);
	expect_possible("link allow\nlink-rule refuse kind=tun", KB_LINK_TAP, true);
	expect_possible("link allow\nlink-rule refuse kind=tun ifname=x*", KB_LINK_TUN, true);
	expect_possible("link allow\nlink-rule refuse kind=tun bus=usb", KB_LINK_TUN, true);
	expect_possible("link refuse\nlink-rule refuse\nlink-rule allow kind=tun", KB_LINK_TUN, false);
	expect_possible("link refuse\nlink-rule allow kind=tun\nlink-rule refuse", KB_LINK_TUN, true);
}

static const struct {
	enum kb_link_kind kind;
	struct kb_link_traits traits;
} classified[] = {
	/* rtnl kind, device type, driver, bus, ARPHRD_*, wireless, loopback */
	{ KB_LINK_LOOPBACK, { NULL, NULL, "", KB_LINK_BUS_VIRTUAL, 772, false, true } },
	{ KB_LINK_OTHER, { NULL, NULL, "", KB_LINK_BUS_VIRTUAL, 772, false, false } },
	{ KB_LINK_ETHERNET, { NULL, NULL, "e1000e", KB_LINK_BUS_PCI, 1, false, false } },
	{ KB_LINK_ETHERNET, { NULL, NULL, "r8152", KB_LINK_BUS_USB, 1, false, false } },
	{ KB_LINK_ETHERNET, { NULL, NULL, "stmmaceth", KB_LINK_BUS_PLATFORM, 1, false, false } },
	{ KB_LINK_ETHERNET, { "dsa", NULL, "", KB_LINK_BUS_PLATFORM, 1, false, false } },
	{ KB_LINK_WIFI, { NULL, "wlan", "iwlwifi", KB_LINK_BUS_PCI, 1, true, false } },
	{ KB_LINK_WIFI, { NULL, NULL, "iwlwifi", KB_LINK_BUS_PCI, 1, true, false } },
	{ KB_LINK_WIFI, { NULL, "wlan", "ath9k", KB_LINK_BUS_PCI, 1, false, false } },
	{ KB_LINK_WIFI, { NULL, NULL, "mac80211_hwsim", KB_LINK_BUS_VIRTUAL, 803, false, false } },
	{ KB_LINK_WIFI, { "virt_wifi", NULL, "", KB_LINK_BUS_VIRTUAL, 1, true, false } },
	{ KB_LINK_WIFI, { NULL, "wlan", "rndis_wlan", KB_LINK_BUS_USB, 1, true, false } },
	{ KB_LINK_WWAN, { NULL, "wwan", "qmi_wwan", KB_LINK_BUS_USB, 1, false, false } },
	{ KB_LINK_WWAN, { NULL, NULL, "qmi_wwan", KB_LINK_BUS_USB, 65534, false, false } },
	{ KB_LINK_WWAN, { NULL, NULL, "cdc_mbim", KB_LINK_BUS_USB, 1, false, false } },
	{ KB_LINK_WWAN, { NULL, NULL, "huawei_cdc_ncm", KB_LINK_BUS_USB, 1, false, false } },
	{ KB_LINK_WWAN, { "wwan", "wwan", "", KB_LINK_BUS_PCI, 519, false, false } },
	{ KB_LINK_WWAN, { "rmnet", NULL, "", KB_LINK_BUS_VIRTUAL, 519, false, false } },
	{ KB_LINK_TETHER, { NULL, NULL, "rndis_host", KB_LINK_BUS_USB, 1, false, false } },
	{ KB_LINK_TETHER, { NULL, NULL, "cdc_ether", KB_LINK_BUS_USB, 1, false, false } },
	{ KB_LINK_TETHER, { NULL, NULL, "cdc_eem", KB_LINK_BUS_USB, 1, false, false } },
	{ KB_LINK_TETHER, { NULL, NULL, "cdc_ncm", KB_LINK_BUS_USB, 1, false, false } },
	{ KB_LINK_TETHER, { NULL, NULL, "cdc_subset", KB_LINK_BUS_USB, 1, false, false } },
	{ KB_LINK_TETHER, { NULL, NULL, "ipheth", KB_LINK_BUS_USB, 1, false, false } },
	{ KB_LINK_TETHER, { NULL, "gadget", "g_ether", KB_LINK_BUS_PLATFORM, 1, false, false } },
	{ KB_LINK_OTHER, { NULL, NULL, "thunderbolt-net", KB_LINK_BUS_OTHER, 1, false, false } },
	{ KB_LINK_BLUETOOTH, { NULL, "bluetooth", "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_BLUETOOTH, { NULL, "lowpan", "", KB_LINK_BUS_VIRTUAL, 825, false, false } },
	{ KB_LINK_BLUETOOTH, { NULL, NULL, "", KB_LINK_BUS_VIRTUAL, 825, false, false } },
	{ KB_LINK_TUN, { "tun", NULL, "", KB_LINK_BUS_VIRTUAL, 65534, false, false } },
	{ KB_LINK_TUN, { "tun", NULL, "", KB_LINK_BUS_VIRTUAL, 512, false, false } },
	{ KB_LINK_TAP, { "tun", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_PPP, { "ppp", "ppp", "", KB_LINK_BUS_VIRTUAL, 512, false, false } },
	{ KB_LINK_PPP, { NULL, NULL, "", KB_LINK_BUS_VIRTUAL, 512, false, false } },
	{ KB_LINK_PPP, { NULL, NULL, "", KB_LINK_BUS_VIRTUAL, 256, false, false } },
	{ KB_LINK_PPP, { NULL, NULL, "", KB_LINK_BUS_VIRTUAL, 259, false, false } },
	{ KB_LINK_WIREGUARD, { "wireguard", "wireguard", "", KB_LINK_BUS_VIRTUAL, 65534, false, false } },
	{ KB_LINK_TUNNEL, { "vxlan", "vxlan", "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_TUNNEL, { "geneve", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_TUNNEL, { "gretap", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_TUNNEL, { "ip6tnl", NULL, "", KB_LINK_BUS_VIRTUAL, 769, false, false } },
	{ KB_LINK_TUNNEL, { "sit", NULL, "", KB_LINK_BUS_VIRTUAL, 776, false, false } },
	{ KB_LINK_TUNNEL, { "xfrm", NULL, "", KB_LINK_BUS_VIRTUAL, 65534, false, false } },
	{ KB_LINK_TUNNEL, { NULL, "l2tpeth", "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_TUNNEL, { NULL, NULL, "", KB_LINK_BUS_VIRTUAL, 778, false, false } },
	{ KB_LINK_VLAN, { "vlan", "vlan", "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_BRIDGE, { "bridge", "bridge", "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_BRIDGE, { "openvswitch", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_BOND, { "bond", "bond", "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_BOND, { "team", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_MACVLAN, { "macvtap", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_MACVLAN, { "ipvlan", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_VETH, { "veth", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_VETH, { "netkit", NULL, "", KB_LINK_BUS_VIRTUAL, 65534, false, false } },
	{ KB_LINK_DUMMY, { "dummy", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_DUMMY, { "vrf", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_DUMMY, { "nlmon", NULL, "", KB_LINK_BUS_VIRTUAL, 824, false, false } },
	/* nobody knows these, whatever they look like */
	{ KB_LINK_OTHER, { "batadv", NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_OTHER, { "new", NULL, "", KB_LINK_BUS_PCI, 1, false, false } },
	{ KB_LINK_OTHER, { NULL, NULL, "", KB_LINK_BUS_VIRTUAL, 1, false, false } },
	{ KB_LINK_OTHER, { NULL, NULL, NULL, KB_LINK_BUS_OTHER, 24, false, false } },
	{ KB_LINK_OTHER, { NULL, NULL, "vcan", KB_LINK_BUS_VIRTUAL, 280, false, false } },
};

static void test_classify(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(classified); i++) {
		enum kb_link_kind kind = kb_link_classify(&classified[i].traits);

		if (kind != classified[i].kind)
			fail_msg("row %u is %s instead of %s", i, kb_link_kind_name(kind),
				 kb_link_kind_name(classified[i].kind));
	}
}

static void test_names(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < KB_LINK_LOOPBACK; i++)
		assert_int_equal(kb_link_kind_by_name(kb_link_kind_name(i)), i);
	assert_string_equal(kb_link_kind_name(KB_LINK_LOOPBACK), "loopback");
	assert_int_equal(kb_link_kind_by_name("loopback"), -ENOENT);
	assert_int_equal(kb_link_kind_by_name("Ethernet"), -ENOENT);
	assert_int_equal(kb_link_kind_by_name(""), -ENOENT);
	assert_null(kb_link_kind_name(KB_LINK_KIND_MAX));
	assert_null(kb_link_kind_name(-1));
	assert_string_equal(kb_link_kind_name(KB_LINK_BLUETOOTH), "bluetooth-pan");
	for (i = 0; i < KB_LINK_BUS_MAX; i++)
		assert_int_equal(kb_link_bus_by_name(kb_link_bus_name(i)), i);
	assert_int_equal(kb_link_bus_by_name("isa"), -ENOENT);
	assert_null(kb_link_bus_name(KB_LINK_BUS_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_policy),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_loopback_always),
		cmocka_unit_test(test_first_match_decides),
		cmocka_unit_test(test_kind_and_bus),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_driver),
		cmocka_unit_test(test_ifname),
		cmocka_unit_test(test_mac),
		cmocka_unit_test(test_spoofed),
		cmocka_unit_test(test_possible),
		cmocka_unit_test(test_classify),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("core_link", tests, NULL, NULL);
}
