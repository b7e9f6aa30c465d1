// SPDX-License-Identifier: GPL-2.0-only
/* The built-in policy: in force before anything is judged, gone with the first signed one. */
#include "../builtin.c"

#include "../media.h"
#include "gadget.h"
#include "hear.h"
#include "signed.h"

/* What the module says of the policy in force; @serial U32_MAX: there is none. */
static void expect_in_force(struct kunit *test, u32 epoch, u32 serial, bool builtin)
{
	struct kb_active *active = kb_policy_get();

	if (!active) {
		KUNIT_EXPECT_EQ(test, serial, U32_MAX);
		return;
	}
	KUNIT_EXPECT_EQ(test, active->policy->header.epoch, epoch);
	KUNIT_EXPECT_EQ(test, active->policy->header.serial, serial);
	KUNIT_EXPECT_EQ(test, active->builtin, builtin);
	kb_policy_put(active);
}

static void expect_nothing_in_force(struct kunit *test)
{
	expect_in_force(test, 0, U32_MAX, false);
}

static void expect_refused(struct kunit *test, struct kb_policy_offer offer, int err)
{
	struct kb_blob_error why = {};

	KUNIT_EXPECT_EQ_MSG(test, kb_policy_load(&offer, &why), err, "\"%s\"", why.text);
	expect_in_force(test, 0, 0, true);
}

static void off_unless_asked_for(struct kunit *test)
{
	u64 before = kb_test_last_event();

	fallback = false;
	kb_builtin_init();
	expect_nothing_in_force(test);
	KUNIT_EXPECT_EQ(test, kb_test_last_event(), before);
}

static void comes_into_force(struct kunit *test)
{
	struct nlattr *attrs[KB_A_MAX + 1] = {};
	u64 before = kb_test_last_event();
	struct kb_active *active;

	kb_builtin_init();
	expect_in_force(test, 0, 0, true);
	KUNIT_EXPECT_FALSE(test, kb_policy_locked());
	KUNIT_EXPECT_NULL(test, kb_trust_terminal());
	active = kb_policy_get();
	KUNIT_ASSERT_NOT_NULL(test, active);
	KUNIT_EXPECT_EQ(test, active->policy->media_mode, KB_GATE_ENFORCE);
	KUNIT_EXPECT_EQ(test, active->policy->media_default, KB_ACTION_REFUSE);
	KUNIT_EXPECT_EQ(test, active->policy->link.mode, KB_GATE_OFF);
	KUNIT_EXPECT_EQ(test, active->policy->paths.mode, KB_GATE_OFF);
	kb_policy_put(active);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, before, KB_EVENT_POLICY, attrs), 1);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_BUILTIN]), 1);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_SERIAL_NO]), 0);
}

/* Bytes that nobody can read must not keep the module out: a signed policy may still come. */
static void broken_bytes_leave_the_module(struct kunit *test)
{
	u8 *broken = kunit_kmalloc(test, sizeof(fallback_blob), GFP_KERNEL);
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, broken);
	memcpy(broken, fallback_blob, sizeof(fallback_blob));
	broken[0] ^= 1;
	put_in_force(broken, sizeof(fallback_blob));
	expect_nothing_in_force(test);
	for (len = 0; len < sizeof(fallback_blob); len += 7)
		put_in_force(fallback_blob, len);
	expect_nothing_in_force(test);
	kb_test_trust(test, 0);
	kb_test_load(test, SIGNED(serial_9));
	expect_in_force(test, 1, 9, false);
}

static void survives_no_memory(struct kunit *test)
{
	unsigned int nth, left = 0;

	for (nth = 1; nth < 100 && !left; nth++) {
		struct kb_active *active;

		current->fail_nth = nth;
		kb_builtin_init();
		left = current->fail_nth;
		current->fail_nth = 0;
		active = kb_policy_get();
		KUNIT_EXPECT_TRUE(test, active || !left);
		kb_policy_put(active);
		kb_policy_exit();
	}
	KUNIT_EXPECT_GT(test, nth, 3);
}

/* Whatever is wrong with what was offered, the built-in policy stays, and is no excuse for it. */
static void stays_when_others_are_refused(struct kunit *test)
{
	kb_builtin_init();
	expect_refused(test, SIGNED(serial_10), -ENOKEY);
	kb_test_trust(test, 10);
	expect_refused(test, OFFER(serial_10, stranger, approver_serial_10), -ENOKEY);
	expect_refused(test, OFFER(serial_11, author_serial_10, approver_serial_11), -EKEYREJECTED);
	expect_refused(test, SIGNED(serial_9), -ESTALE);	/* below the floor */
	expect_refused(test, SIGNED(expired), -EKEYEXPIRED);
	expect_refused(test, SIGNED(not_yet), -ETIME);
	expect_refused(test, SIGNED(elsewhere), -EXDEV);
	expect_refused(test, SIGNED(garbage), -EBADMSG);
}

static void any_signed_one_replaces_it(struct kunit *test)
{
	struct nlattr *attrs[KB_A_MAX + 1] = {};
	struct kb_blob_error why = {};
	struct kb_policy_offer offer = SIGNED(serial_9);
	u64 before;

	kb_builtin_init();
	kb_test_trust(test, 0);
	before = kb_test_last_event();
	kb_test_load(test, SIGNED(serial_9));
	expect_in_force(test, 1, 9, false);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, before, KB_EVENT_POLICY, attrs), 1);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_BUILTIN]), 0);
	/* from now on age counts again */
	KUNIT_EXPECT_EQ(test, kb_policy_load(&offer, &why), -EALREADY);
	kb_test_load(test, SIGNED(serial_10));
	KUNIT_EXPECT_EQ(test, kb_policy_load(&offer, &why), -ESTALE);
	kb_test_load(test, SIGNED(locked));
	KUNIT_EXPECT_TRUE(test, kb_policy_locked());
	kb_test_load(test, SIGNED(unlocked));
}

/* After a reboot the terminal obeys what it obeyed before, and too late is not too late then. */
static void what_was_obeyed_before_returns(struct kunit *test)
{
	kb_builtin_init();
	kb_test_trust(test, 20);
	kb_test_load(test, SIGNED(expired));
	expect_in_force(test, 1, 20, false);
}

enum { STICK, READER, ETHERNET, HID };

static const struct kb_gadget_interface composite[] = {
	[STICK] = { 0x08, 0x06, 0x50 },
	[READER] = { 0x0b, 0x00, 0x00 },
	[ETHERNET] = { 0x02, 0x06, 0x00 },
	[HID] = { 0x03, 0x00, 0x00 },
};

static void expect_open(struct kunit *test, struct usb_device *udev, unsigned int number, bool open)
{
	struct usb_interface *intf = usb_ifnum_to_if(udev, number);

	KUNIT_ASSERT_NOT_NULL(test, intf);
	KUNIT_EXPECT_EQ_MSG(test, !!intf->authorized, open, "interface %u", number);
}

/* Plugged in before the module: closed by the time that it answers; signed policies open it. */
static void judges_what_is_present(struct kunit *test)
{
	struct kb_gadget *gadget = kb_gadget_plug(composite, ARRAY_SIZE(composite), 1);
	struct usb_device *udev;

	KUNIT_ASSERT_FALSE(test, IS_ERR(gadget));
	udev = kb_gadget_await();
	KUNIT_EXPECT_NOT_NULL(test, udev);
	if (!udev)
		goto out;
	expect_open(test, udev, STICK, true);
	/* as when the module is loaded */
	kb_media_exit();
	kb_builtin_init();
	KUNIT_EXPECT_EQ(test, kb_media_init(), 0);
	expect_open(test, udev, STICK, false);
	expect_open(test, udev, READER, true);
	expect_open(test, udev, ETHERNET, false);
	expect_open(test, udev, HID, true);
	kb_test_trust(test, 0);
	kb_test_load(test, SIGNED(open));
	expect_open(test, udev, STICK, true);
	expect_open(test, udev, ETHERNET, true);
	usb_put_dev(udev);
out:
	kb_gadget_unplug(gadget);
	KUNIT_EXPECT_TRUE(test, kb_gadget_await_gone());
}

/* As after loading the module, with the parameter: no keys, no policy. */
static int builtin_test_init(struct kunit *test)
{
	fallback = true;
	kb_policy_exit();
	kb_media_reevaluate();
	kb_trust_exit();
	return kb_trust_init();
}

static void builtin_test_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, builtin_test_init(test), 0);
	fallback = false;
}

static struct kunit_case builtin_cases[] = {
	KUNIT_CASE(off_unless_asked_for),
	KUNIT_CASE(comes_into_force),
	KUNIT_CASE(broken_bytes_leave_the_module),
	KUNIT_CASE(survives_no_memory),
	KUNIT_CASE(stays_when_others_are_refused),
	KUNIT_CASE(any_signed_one_replaces_it),
	KUNIT_CASE(what_was_obeyed_before_returns),
	KUNIT_CASE(judges_what_is_present),
	{}
};

static struct kunit_suite builtin_suite = {
	.name = "kidoban_builtin",
	.init = builtin_test_init,
	.exit = builtin_test_exit,
	.test_cases = builtin_cases,
};
kunit_test_suite(builtin_suite);
