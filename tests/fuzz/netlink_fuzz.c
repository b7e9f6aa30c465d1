// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as an answer of the kernel: decoding and showing them must be harmless. */
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "agent/decode.h"
#include "agent/words.h"

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
	struct kb_record record;
	char text[64];
	uint8_t sink = 0;
	int err;

	if (size < 1)
		return 0;
	switch (data[0] % 5) {
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
	default:
		if (size > 2 && !kb_decode_ack(data + 2, size - 2, (uint16_t)(data[1] << 8), data[1] & 0x80,
					       &err, text, sizeof(text)) && err > 0)
			abort();
		break;
	}
	return 0;
}
