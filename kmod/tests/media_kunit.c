// SPDX-License-Identifier: GPL-2.0-only
/* The media gate on a real USB bus: what is refused gets no driver, whoever asks. */
#include "../media.c"

#include <linux/kernfs.h>
#include <linux/kthread.h>

#include "gadget.h"
#include "signed.h"

/* A driver for every interface of the test's device, and what it got. */
static atomic_t bound[KB_GADGET_INTERFACES];
static atomic_t probes;

static int greedy_probe(struct usb_interface *intf, const struct usb_device_id *id)
{
	atomic_inc(&probes);
	atomic_inc(&bound[intf->cur_altsetting->desc.bInterfaceNumber]);
	return 0;
}

static void greedy_disconnect(struct usb_interface *intf)
{
	atomic_dec(&bound[intf->cur_altsetting->desc.bInterfaceNumber]);
}

static const struct usb_device_id greedy_ids[] = {
	{ USB_DEVICE(KB_GADGET_VENDOR, KB_GADGET_PRODUCT) },
	{}
};

static struct usb_driver greedy = {
	.name = "kb_test_greedy",
	.probe = greedy_probe,
	.disconnect = greedy_disconnect,
	.id_table = greedy_ids,
};

enum { STICK, READER, PHONE };

/* A stick, a card reader, and a phone that only its string gives away. */
static const struct kb_gadget_interface composite[] = {
	[STICK] = { 0x08, 0x06, 0x50 },
	[READER] = { 0x0b, 0x00, 0x00 },
	[PHONE] = { 0xff, 0xff, 0x00, "MTP" },
};

struct media_test {
	struct kb_gadget *gadget;
	struct usb_device *udev;	/* owned reference */
};

static void plug(struct kunit *test, unsigned int n_configs)
{
	struct media_test *t = test->priv;

	t->gadget = kb_gadget_plug(composite, ARRAY_SIZE(composite), n_configs);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->gadget));
	t->udev = kb_gadget_await();
	KUNIT_ASSERT_NOT_NULL(test, t->udev);
}

static void unplug(struct kunit *test)
{
	struct media_test *t = test->priv;

	usb_put_dev(t->udev);
	t->udev = NULL;
	if (!IS_ERR(t->gadget))
		kb_gadget_unplug(t->gadget);
	t->gadget = NULL;
	KUNIT_EXPECT_TRUE(test, kb_gadget_await_gone());
}

static struct usb_interface *interface(struct kunit *test, unsigned int number)
{
	struct media_test *t = test->priv;
	struct usb_interface *intf = usb_ifnum_to_if(t->udev, number);

	KUNIT_ASSERT_NOT_NULL(test, intf);
	return intf;
}

/* Is the interface as the verdict wants it: driver, authorisation, and the driver's own count? */
static void expect_open(struct kunit *test, unsigned int number, bool open)
{
	struct usb_interface *intf = interface(test, number);

	flush_workqueue(media_wq);
	KUNIT_EXPECT_EQ_MSG(test, intf->dev.driver != NULL, open, "interface %u", number);
	KUNIT_EXPECT_EQ_MSG(test, !!intf->authorized, open, "interface %u", number);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&bound[number]), open, "interface %u", number);
}

static struct kb_roster_counts counts(void)
{
	struct kb_roster_counts c;

	kb_roster_count(&c);
	return c;
}

static void enforces_nothing_without_policy(struct kunit *test)
{
	u64 refused = counts().refused;

	plug(test, 1);
	expect_open(test, STICK, true);
	expect_open(test, READER, true);
	expect_open(test, PHONE, true);
	KUNIT_EXPECT_EQ(test, counts().refused, refused);
}

static void refuses_before_any_probe(struct kunit *test)
{
	u64 refused = counts().refused;

	kb_test_load(test, SIGNED(careful));
	plug(test, 1);
	expect_open(test, STICK, false);
	expect_open(test, READER, true);
	expect_open(test, PHONE, false);
	KUNIT_EXPECT_EQ(test, atomic_read(&probes), 1);
	KUNIT_EXPECT_EQ(test, counts().refused, refused + 2);
}

/* What was plugged in before the policy came is closed, and opened by a policy that allows it. */
static void judges_what_is_present(struct kunit *test)
{
	plug(test, 1);
	expect_open(test, STICK, true);
	kb_test_load(test, SIGNED(careful));
	expect_open(test, STICK, false);
	expect_open(test, READER, true);
	expect_open(test, PHONE, false);
	kb_test_load(test, SIGNED(open));
	expect_open(test, STICK, true);
	expect_open(test, READER, true);
	expect_open(test, PHONE, true);
	kb_test_load(test, SIGNED(careful_again));
	expect_open(test, STICK, false);
	expect_open(test, PHONE, false);
}

static void audits_without_touching(struct kunit *test)
{
	struct kb_roster_counts before = counts();

	kb_test_load(test, SIGNED(audit));
	plug(test, 1);
	expect_open(test, STICK, true);
	expect_open(test, READER, true);
	expect_open(test, PHONE, true);
	KUNIT_EXPECT_EQ(test, counts().refused, before.refused);
	KUNIT_EXPECT_EQ(test, counts().audited, before.audited + 3);
}

/* As root who wins a race for the sysfs file, or a driver that claims a sibling. */
static void closes_again_what_was_opened(struct kunit *test)
{
	struct usb_interface *stick;
	u64 overrides;

	kb_test_load(test, SIGNED(careful));
	plug(test, 1);
	stick = interface(test, STICK);
	overrides = counts().overrides;

	KUNIT_EXPECT_EQ(test, usb_driver_claim_interface(&greedy, stick, NULL), -ENODEV);
	usb_lock_device(interface_to_usbdev(stick));
	stick->authorized = 1;
	KUNIT_EXPECT_LE(test, device_attach(&stick->dev), 0);
	usb_unlock_device(interface_to_usbdev(stick));
	expect_open(test, STICK, false);
	KUNIT_EXPECT_EQ(test, counts().overrides, overrides + 1);

	usb_lock_device(interface_to_usbdev(stick));
	stick->authorized = 1;
	KUNIT_EXPECT_EQ(test, usb_driver_claim_interface(&greedy, stick, NULL), 0);
	usb_unlock_device(interface_to_usbdev(stick));
	flush_workqueue(media_wq);
	KUNIT_EXPECT_NULL(test, stick->dev.driver);
	KUNIT_EXPECT_FALSE(test, stick->authorized);
	atomic_set(&bound[STICK], 0);	/* a claim without a probe was disconnected */
	KUNIT_EXPECT_EQ(test, atomic_read(&probes), 1);
}

/* What stands behind the interface's file "authorized" now. */
static struct device_attribute *authorized_file(struct kunit *test, struct usb_interface *intf)
{
	struct kernfs_node *kn = kernfs_find_and_get(intf->dev.kobj.sd, "authorized");
	struct attribute *attr;

	KUNIT_ASSERT_NOT_NULL(test, kn);
	attr = kn->priv;
	kernfs_put(kn);
	return container_of(attr, struct device_attribute, attr);
}

/* Root's usual way in: a refused interface has a file that says no, an allowed one the core's. */
static void refuses_the_sysfs_file(struct kunit *test)
{
	struct device_attribute *before, *file;
	struct usb_interface *stick;
	u64 overrides;
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	plug(test, 1);
	stick = interface(test, STICK);
	before = authorized_file(test, stick);
	kb_test_load(test, SIGNED(careful));
	overrides = counts().overrides;

	file = authorized_file(test, stick);
	KUNIT_EXPECT_PTR_NE(test, file, before);
	KUNIT_EXPECT_PTR_EQ(test, authorized_file(test, interface(test, READER)), before);
	KUNIT_EXPECT_EQ(test, file->store(&stick->dev, file, "1\n", 2), -EPERM);
	KUNIT_EXPECT_EQ(test, file->store(&stick->dev, file, "maybe", 5), -EINVAL);
	KUNIT_EXPECT_EQ(test, file->store(&stick->dev, file, "0\n", 2), 2);
	KUNIT_EXPECT_EQ(test, counts().overrides, overrides + 1);
	KUNIT_EXPECT_EQ(test, file->show(&stick->dev, file, page), 2);
	KUNIT_EXPECT_STREQ(test, page, "0\n");
	expect_open(test, STICK, false);

	kb_test_load(test, SIGNED(open));
	KUNIT_EXPECT_PTR_EQ(test, authorized_file(test, stick), before);
}

static bool may_take(struct kunit *test, const char *driver)
{
	struct media_test *t = test->priv;
	bool may;

	usb_lock_device(t->udev);
	may = kb_judge_device(t->udev, driver);
	usb_unlock_device(t->udev);
	return may;
}

/* usbip-host takes whole devices: each configuration is looked at, used or not. */
static void judges_unused_configurations(struct kunit *test)
{
	struct media_test *t = test->priv;

	kb_test_load(test, SIGNED(careful));
	plug(test, 2);
	KUNIT_EXPECT_EQ(test, t->udev->descriptor.bNumConfigurations, 2);
	KUNIT_EXPECT_FALSE(test, may_take(test, "usbip-host"));
	KUNIT_EXPECT_TRUE(test, may_take(test, "usb"));
	kb_test_load(test, SIGNED(open));
	KUNIT_EXPECT_TRUE(test, may_take(test, "usbip-host"));
}

static void restores_everything_at_exit(struct kunit *test)
{
	kb_test_load(test, SIGNED(careful));
	plug(test, 1);
	expect_open(test, STICK, false);
	kb_media_exit();
	KUNIT_EXPECT_EQ(test, atomic_read(&bound[STICK]), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&bound[PHONE]), 1);
	KUNIT_EXPECT_TRUE(test, interface(test, STICK)->authorized);
	KUNIT_EXPECT_EQ(test, counts().present, 0);
	KUNIT_ASSERT_EQ(test, kb_media_init(), 0);
	/* the policy is still in force for what was plugged in meanwhile */
	expect_open(test, STICK, false);
	expect_open(test, READER, true);
}

/* Whichever allocation of a sweep fails: what is refused is not open, the machine's ports are. */
static void closes_without_memory(struct kunit *test)
{
	struct media_test *t = test->priv;
	unsigned int nth, left = 0;

	for (nth = 1; nth < 200 && !left; nth++) {
		plug(test, 1);
		kb_test_load(test, SIGNED(careful));
		current->fail_nth = nth;
		sweep_all();
		left = current->fail_nth;
		current->fail_nth = 0;
		flush_workqueue(media_wq);
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&bound[STICK]), 0, "allocation %u", nth);
		KUNIT_EXPECT_FALSE_MSG(test, interface(test, STICK)->authorized, "allocation %u",
				       nth);
		KUNIT_EXPECT_TRUE_MSG(test, t->udev->parent->actconfig->interface[0]->authorized,
				      "root hub, allocation %u", nth);
		/* and with memory again, everything finds its place */
		sweep_all();
		expect_open(test, STICK, false);
		expect_open(test, READER, true);
		unplug(test);
		kb_policy_exit();
		kb_media_reevaluate();
	}
	KUNIT_EXPECT_GT(test, nth, 2);
}

static int load_careful(void *data)
{
	struct kb_policy_offer offer = SIGNED(careful);
	struct kb_blob_error why = {};
	int err = kb_policy_load(&offer, &why);

	while (!kthread_should_stop())
		msleep(20);
	return err;
}

/* A policy that refuses arrives while there is no memory to judge what the one before allowed. */
static void closes_what_it_cannot_judge(struct kunit *test)
{
	struct media_test *t = test->priv;
	unsigned long end = jiffies + KB_GADGET_DEADLINE;
	struct kb_active *active, *before;
	struct task_struct *loader;

	kb_test_load(test, SIGNED(audit));
	plug(test, 1);
	expect_open(test, STICK, true);

	/* holding its lock keeps the load's own sweep off the device */
	usb_lock_device(t->udev);
	before = kb_policy_get();
	active = kb_policy_hold(before);
	loader = kthread_run(load_careful, NULL, "kb_loader");
	while (active == before && time_before(jiffies, end)) {
		msleep(20);
		kb_policy_put(active);
		active = kb_policy_get();
	}
	kb_policy_put(active);
	kb_policy_put(before);
	KUNIT_EXPECT_PTR_NE(test, active, before);
	current->fail_nth = 1;		/* the first is the description of the device */
	sweep_locked(t->udev);
	KUNIT_EXPECT_EQ(test, current->fail_nth, 0);
	current->fail_nth = 0;
	KUNIT_EXPECT_EQ(test, atomic_read(&bound[STICK]), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&bound[READER]), 0);
	KUNIT_EXPECT_FALSE(test, interface(test, STICK)->authorized);
	usb_unlock_device(t->udev);

	if (!IS_ERR(loader))
		KUNIT_EXPECT_EQ(test, kthread_stop(loader), 0);
	expect_open(test, STICK, false);
	expect_open(test, READER, true);
}

/* Plugged and pulled while policies come and go: nothing stays behind. */
static void survives_plugging_under_policies(struct kunit *test)
{
	const u32 present = counts().present;
	int round;

	for (round = 0; round < 10; round++) {
		struct media_test *t = test->priv;

		t->gadget = kb_gadget_plug(composite, ARRAY_SIZE(composite), 1);
		KUNIT_ASSERT_FALSE(test, IS_ERR(t->gadget));
		/* at some other point of the enumeration every time */
		schedule_timeout_uninterruptible(round * 3);
		if (round % 2)
			kb_test_load(test, SIGNED(careful));
		else
			kb_test_load(test, SIGNED(audit));
		t->udev = kb_gadget_await();
		KUNIT_ASSERT_NOT_NULL(test, t->udev);
		expect_open(test, STICK, round % 2 == 0);
		expect_open(test, READER, true);
		if (round % 3)
			kb_test_load(test, SIGNED(open));
		unplug(test);
		kb_policy_exit();
		kb_media_reevaluate();
		KUNIT_EXPECT_EQ(test, counts().present, present);
	}
}

static void reset(void)
{
	kb_policy_exit();
	kb_media_reevaluate();
	kb_trust_exit();
}

static int media_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct media_test), GFP_KERNEL);
	if (!test->priv)
		return -ENOMEM;
	reset();
	if (kb_trust_init())
		return -ENOMEM;
	kb_test_trust(test, 0);
	atomic_set(&probes, 0);
	return usb_register(&greedy);
}

static void media_test_exit(struct kunit *test)
{
	struct media_test *t = test->priv;

	if (t && t->gadget)
		unplug(test);
	usb_deregister(&greedy);
	reset();
	KUNIT_EXPECT_EQ(test, kb_trust_init(), 0);
}

static struct kunit_case media_cases[] = {
	KUNIT_CASE(enforces_nothing_without_policy),
	KUNIT_CASE(refuses_before_any_probe),
	KUNIT_CASE(judges_what_is_present),
	KUNIT_CASE(audits_without_touching),
	KUNIT_CASE(closes_again_what_was_opened),
	KUNIT_CASE(refuses_the_sysfs_file),
	KUNIT_CASE(judges_unused_configurations),
	KUNIT_CASE(restores_everything_at_exit),
	KUNIT_CASE(closes_without_memory),
	KUNIT_CASE(closes_what_it_cannot_judge),
	KUNIT_CASE(survives_plugging_under_policies),
	{}
};

static struct kunit_suite media_suite = {
	.name = "kidoban_media",
	.init = media_test_init,
	.exit = media_test_exit,
	.test_cases = media_cases,
};
kunit_test_suite(media_suite);
