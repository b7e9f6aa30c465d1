// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as an answer of the kernel: decoding and showing them must be harmless. */
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "agent/decode.h"
#include "agent/words.h"
#include "policy/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			abort();
}

static void show(const struct kb_record *record)
{
	char text[2048], small[16];

	kb_event_text(record, text, sizeof(text));
	check_text(text);
	kb_event_text(record, small, sizeof(small));
	kb_why_text(record, text, sizeof(text));
	check_text(text);
	kb_printable(record->link, text, sizeof(text));
	check_text(text);
	kb_bypass_text(record->bypass, small, sizeof(small));
	kb_address_text(&record->src, small, sizeof(small));
	kb_service_text(record->proto, record->dport, small, sizeof(small));
	check_text(small);
	kb_printable(record->serial, small, sizeof(small));
	check_text(small);
	kb_classes_text(record->classes, small, sizeof(small));
}

static int part(const void *bytes, size_t len, void *userdata)
{
	volatile uint8_t *sink = userdata;

	if (!len || len > KB_PART_MAX)
		abort();
	*sink ^= ((const uint8_t *)bytes)[0] ^ ((const uint8_t *)bytes)[len - 1];
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_status status;
	struct kb_signed_order order;
	struct kb_record record;
	struct kb_path_row row;
	char text[64];
	uint8_t sink = 0;
	int err;

	if (size < 1)
		return 0;
	switch (data[0] % 8) {
	case 0:
		if (!kb_decode_event(data + 1, size - 1, &record))
			show(&record);
		break;
	case 1:
		if (!kb_decode_device(data + 1, size - 1, &record))
			show(&record);
		break;
	case 2:
		if (!kb_decode_status(data + 1, size - 1, &status) &&
		    (status.sealed > 1 || status.mode_media >= KB_GATE_MODE_MAX ||
		     !memchr(status.group, '\0', sizeof(status.group))))
			abort();
		break;
	case 3:
		kb_decode_blob(data + 1, size - 1, part, &sink);
		break;
	case 5:
		if (!kb_decode_link(data + 1, size - 1, &record)) {
			show(&record);
			if (!memchr(record.link, '\0', sizeof(record.link)) || record.open > 1)
				abort();
		}
		break;
	case 6:
		if (!kb_decode_path(data + 1, size - 1, &row) &&
		    (row.open > 1 || !memchr(row.name, '\0', sizeof(row.name))))
			abort();
		break;
	case 7:
		/* an order is what the kernel is handed: it has its form or is refused */
		if (!kb_order_decode(data + 1, size - 1, &order, NULL)) {
			if (order.sig.len + sizeof(order.order) != size - 1 ||
			    !kb_order_action_name(le32_to_cpu(order.order.action)))
				abort();
			kb_order_done(&order);
		}
		break;
	default:
		if (size > 2 && !kb_decode_ack(data + 2, size - 2, (uint16_t)(data[1] << 8), data[1] & 0x80,
					       &err, text, sizeof(text)) && err > 0)
			abort();
		break;
	}
	return 0;
}
