// SPDX-License-Identifier: GPL-2.0-or-later
/* Signed orders of isolation and release: an order and its signature in one file. */
#include "policy/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

static_assert(sizeof(struct kb_order) == 32, "the bytes that are signed");

const char *kb_order_action_name(unsigned int action)
{
	static const char *const names[KB_ORDER_MAX] = {
		[KB_ORDER_RELEASE] = "release",
		[KB_ORDER_ISOLATE] = "isolate",
	};

	return action < KB_ORDER_MAX ? names[action] : NULL;
}

bool kb_isolation_parse(const char *text, u8 ret[16])
{
	u8 id[16];
	int i;

	if (strspn(text, "0123456789abcdefABCDEF") != 32 || text[32])
		return false;
	for (i = 0; i < 16; i++) {
		char digits[3] = { text[2 * i], text[2 * i + 1], '\0' };

		id[i] = (u8)strtoul(digits, NULL, 16);
	}
	memcpy(ret, id, sizeof(id));
	return true;
}

void kb_order_fill(struct kb_order *ret, enum kb_order_action action, const u8 isolation[16])
{
	*ret = (struct kb_order){ .action = cpu_to_le32(action) };
	memcpy(ret->magic, KB_ORDER_MAGIC, sizeof(ret->magic));
	memcpy(ret->isolation, isolation, sizeof(ret->isolation));
}

void kb_order_done(struct kb_signed_order *order)
{
	kb_bytes_done(&order->sig);
}

int kb_order_decode(const void *data, size_t len, struct kb_signed_order *ret,
		    struct kb_fault *ret_fault)
{
	struct kb_signed_order order = {};
	const u8 *bytes = data;

	if (len < sizeof(order.order) || memcmp(data, KB_ORDER_MAGIC, sizeof(order.order.magic)))
		return kb_fault(ret_fault, -EBADMSG, _("not a signed order; 'kidoban order' makes one"));
	memcpy(&order.order, data, sizeof(order.order));
	if (le32_to_cpu(order.order.action) >= KB_ORDER_MAX || order.order.reserved)
		return kb_fault(ret_fault, -EBADMSG, _("an order that this version does not know"));
	len -= sizeof(order.order);
	if (!len || len > KB_SIGNATURE_MAX)
		return kb_fault(ret_fault, -EBADMSG, _("the order's signature is missing or too long"));
	order.sig = (struct kb_bytes){ malloc(len), len };
	if (!order.sig.data)
		return -ENOMEM;
	memcpy(order.sig.data, bytes + sizeof(order.order), len);
	*ret = order;
	return 0;
}

int kb_order_read(const char *path, struct kb_signed_order *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes file = {};
	struct kb_fault why = {};
	int r;

	r = kb_file_read(path, sizeof(struct kb_order) + KB_SIGNATURE_MAX + 1, &file.data, &file.len);
	if (r == -EFBIG)
		r = -EBADMSG;
	if (r)
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), path, strerror(-r));
	r = kb_order_decode(file.data, file.len, ret, &why);
	return r ? kb_fault(ret_fault, r, "%s: %s", path, why.text) : 0;
}

int kb_order_write(const char *path, const struct kb_signed_order *order,
		   struct kb_fault *ret_fault)
{
	u8 bytes[sizeof(struct kb_order) + KB_SIGNATURE_MAX];
	int r;

	if (!order->sig.len || order->sig.len > KB_SIGNATURE_MAX)
		return kb_fault(ret_fault, -EINVAL, _("the order's signature is missing or too long"));
	memcpy(bytes, &order->order, sizeof(order->order));
	memcpy(bytes + sizeof(order->order), order->sig.data, order->sig.len);
	r = kb_file_replace(path, bytes, sizeof(order->order) + order->sig.len, 0644);
	return r ? kb_fault(ret_fault, r, _("cannot write %s: %s"), path, strerror(-r)) : 0;
}
