// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of a compiled policy, one after the other. */
#include "policy/blob_writer.h"

#define ALIGN4(n)	(((n) + 3u) & ~(size_t)3)

u8 *kb_blob_reserve(struct kb_blob_writer *w, size_t len)
{
	size_t room = w->room;
	u8 *grown;

	if (w->error)
		return NULL;
	while (!room || room - w->len < len)
		room = room ? room * 2 : 4096;
	if (room != w->room) {
		grown = realloc(w->bytes, room);
		if (!grown) {
			w->error = -ENOMEM;
			return NULL;
		}
		w->bytes = grown;
		w->room = room;
	}
	memset(w->bytes + w->len, 0, len);
	w->len += len;
	return w->bytes + w->len - len;
}

static void set_header(struct kb_blob_writer *w, size_t at, u16 type, size_t payload)
{
	struct kb_attr_header header = { .len = cpu_to_le16(sizeof(header) + payload),
					 .type = cpu_to_le16(type) };

	if (sizeof(header) + payload > UINT16_MAX)
		w->error = -EMSGSIZE;
	else
		memcpy(w->bytes + at, &header, sizeof(header));
}

void kb_blob_put(struct kb_blob_writer *w, u16 type, const void *payload, size_t len)
{
	size_t at = w->len;
	u8 *place = kb_blob_reserve(w, sizeof(struct kb_attr_header) + ALIGN4(len));

	if (!place)
		return;
	memcpy(place + sizeof(struct kb_attr_header), payload, len);
	set_header(w, at, type, len);
}

void kb_blob_put_u8(struct kb_blob_writer *w, u16 type, u8 value)
{
	kb_blob_put(w, type, &value, sizeof(value));
}

void kb_blob_put_u32(struct kb_blob_writer *w, u16 type, u32 value)
{
	__le32 wire = cpu_to_le32(value);

	kb_blob_put(w, type, &wire, sizeof(wire));
}

void kb_blob_put_u64(struct kb_blob_writer *w, u16 type, u64 value)
{
	__le64 wire = cpu_to_le64(value);

	kb_blob_put(w, type, &wire, sizeof(wire));
}

void kb_blob_put_string(struct kb_blob_writer *w, u16 type, const char *text)
{
	if (text)
		kb_blob_put(w, type, text, strlen(text) + 1);
}

size_t kb_blob_open_nest(struct kb_blob_writer *w)
{
	size_t at = w->len;

	kb_blob_reserve(w, sizeof(struct kb_attr_header));
	return at;
}

void kb_blob_close_nest(struct kb_blob_writer *w, size_t at, u16 type)
{
	if (!w->error)
		set_header(w, at, type, w->len - at - sizeof(struct kb_attr_header));
}
