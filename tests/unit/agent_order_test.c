// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of signed orders: what is none is refused, what is one comes back the same (N6). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent_scratch.h"
#include "policy/order.h"

static const u8 name[16] = "0123456789abcdef";

static void test_isolation_names(void **state)
{
	static const char *const wrong[] = {
		"", "0", "30313233343536373839616263646", "303132333435363738396162636465",
		"3031323334353637383961626364656", "303132333435363738396162636465666",
		" 30313233343536373839616263646566", "3031323334353637383961626364656g",
		"0x313233343536373839616263646566", "30 1323334353637383961626364656",
	};
	u8 id[16] = { 7 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		if (kb_isolation_parse(wrong[i], id) || id[0] != 7)
			fail_msg("'%s' was taken", wrong[i]);
	assert_true(kb_isolation_parse("30313233343536373839616263646566", id));
	assert_memory_equal(id, name, sizeof(id));
	assert_true(kb_isolation_parse("FFfFffffffffffffffffffffffffffff", id));
	assert_int_equal(id[15], 0xff);
}

/* An order and a signature of @sig bytes; @len of it all are used. */
static int decode(struct kb_order order, size_t sig, size_t len, struct kb_signed_order *ret)
{
	u8 *bytes = calloc(1, sizeof(order) + sig + 1), *exact;
	struct kb_fault why = {};
	int r;

	memcpy(bytes, &order, sizeof(order));
	/* an exact copy, so that the sanitizer sees a read behind the end */
	exact = malloc(len ? len : 1);
	memcpy(exact, bytes, len);
	r = kb_order_decode(exact, len, ret, &why);
	free(bytes);
	free(exact);
	return r;
}

static void test_refused(void **state)
{
	struct kb_signed_order got;
	struct kb_order order;
	size_t len;

	(void)state;
	kb_order_fill(&order, KB_ORDER_RELEASE, name);
	for (len = 0; len <= sizeof(order); len++)
		assert_int_equal(decode(order, 10, len, &got), -EBADMSG);
	assert_int_equal(decode(order, KB_SIGNATURE_MAX + 1, sizeof(order) + KB_SIGNATURE_MAX + 1, &got),
			 -EBADMSG);
	order.magic[7] = '2';
	assert_int_equal(decode(order, 10, sizeof(order) + 10, &got), -EBADMSG);
	kb_order_fill(&order, KB_ORDER_RELEASE, name);
	order.action = cpu_to_le32(KB_ORDER_MAX);
	assert_int_equal(decode(order, 10, sizeof(order) + 10, &got), -EBADMSG);
	kb_order_fill(&order, KB_ORDER_RELEASE, name);
	order.reserved = cpu_to_le32(1);
	assert_int_equal(decode(order, 10, sizeof(order) + 10, &got), -EBADMSG);
}

static void test_there_and_back(void **state)
{
	struct kb_signed_order order = { .sig = { (u8 *)"signature", 9 } }, got;
	struct kb_fault why = {};
	struct scratch s;

	(void)state;
	scratch_make(&s);
	kb_order_fill(&order.order, KB_ORDER_ISOLATE, name);
	assert_int_equal(kb_order_write(scratch_path(&s, "o"), &order, &why), 0);
	assert_int_equal(kb_order_read(scratch_path(&s, "o"), &got, &why), 0);
	assert_memory_equal(&got.order, &order.order, sizeof(got.order));
	assert_int_equal(got.sig.len, 9);
	assert_memory_equal(got.sig.data, "signature", 9);
	kb_order_done(&got);
	order.sig.len = 0;
	assert_int_equal(kb_order_write(scratch_path(&s, "o"), &order, &why), -EINVAL);
	assert_int_equal(kb_order_read(scratch_path(&s, "none"), &got, &why), -ENOENT);
	scratch_text(&s, "text", "kidoban: 1\n");
	assert_int_equal(kb_order_read(scratch_path(&s, "text"), &got, &why), -EBADMSG);
	scratch_remove(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused), cmocka_unit_test(test_isolation_names),
		cmocka_unit_test(test_there_and_back),
	};

	return cmocka_run_group_tests_name("agent_order", tests, NULL, NULL);
}
