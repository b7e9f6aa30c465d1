// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes of the kernel's answers -> structs. */
#include "agent/decode.h"

#include <linux/netlink.h>

enum kind {
	KIND_U8,
	KIND_U16,
	KIND_U32,
	KIND_U64,
	KIND_STRING,			/* anything may stand in it: devices write some */
	KIND_NAME,			/* the kernel's own: visible ASCII */
	KIND_BYTES,
	KIND_ADDRESS,			/* struct kb_address */
};

struct field {
	u8 attr;			/* enum kb_attr */
	u8 kind;
	u16 offset;			/* in the struct */
	u16 size;			/* of the member */
	u8 end;				/* u8 only: first value out of range, 0 = any */
	bool needed;
};

#define FIELD(type, attr_, kind_, member, end_, needed_)		\
	{ .attr = (attr_), .kind = (kind_), .offset = offsetof(type, member), \
	  .size = sizeof(((type *)0)->member), .end = (end_), .needed = (needed_) }
#define STATUS(attr, kind, member, end, needed)				\
	FIELD(struct kb_status, attr, kind, member, end, needed)
#define RECORD(attr, kind, member, end)					\
	FIELD(struct kb_record, attr, kind, member, end, false)
#define PATH(attr, kind, member, end, needed)				\
	FIELD(struct kb_path_row, attr, kind, member, end, needed)

static const struct field status_fields[] = {
	STATUS(KB_A_MODULE_LEVEL, KIND_U32, module_level, 0, true),
	STATUS(KB_A_MODULE_VERSION, KIND_NAME, module_version, 0, false),
	STATUS(KB_A_SEALED, KIND_U8, sealed, 2, true),
	STATUS(KB_A_MUNICIPALITY, KIND_STRING, municipality, 0, false),
	STATUS(KB_A_GROUP, KIND_STRING, group, 0, false),
	STATUS(KB_A_KEYS_AUTHOR, KIND_U32, keys_author, 0, false),
	STATUS(KB_A_KEYS_APPROVER, KIND_U32, keys_approver, 0, false),
	STATUS(KB_A_KEYS_GRANT, KIND_U32, keys_grant, 0, false),
	STATUS(KB_A_POLICY, KIND_U8, policy, 2, true),
	STATUS(KB_A_EPOCH, KIND_U32, epoch, 0, false),
	STATUS(KB_A_SERIAL_NO, KIND_U32, serial, 0, false),
	STATUS(KB_A_MODE_MEDIA, KIND_U8, mode_media, KB_GATE_MODE_MAX, false),
	STATUS(KB_A_RULES, KIND_U32, rules, 0, false),
	STATUS(KB_A_EXPIRES, KIND_U64, expires, 0, false),
	STATUS(KB_A_EXPIRED, KIND_U8, expired, 2, false),
	STATUS(KB_A_LOCK, KIND_U8, lock, 2, false),
	STATUS(KB_A_BLOB_SHA256, KIND_BYTES, blob_sha256, 0, false),
	STATUS(KB_A_GENERATION, KIND_U64, generation, 0, false),
	STATUS(KB_A_ALLOWED, KIND_U64, allowed, 0, false),
	STATUS(KB_A_REFUSED, KIND_U64, refused, 0, false),
	STATUS(KB_A_AUDITED, KIND_U64, audited, 0, false),
	STATUS(KB_A_OVERRIDES, KIND_U64, overrides, 0, false),
	STATUS(KB_A_PRESENT, KIND_U32, present, 0, false),
	STATUS(KB_A_EVENT_SEQ, KIND_U64, event_seq, 0, false),
	STATUS(KB_A_EVENT_LOST, KIND_U64, event_lost, 0, false),
	STATUS(KB_A_MEMORY, KIND_U64, memory, 0, false),
	STATUS(KB_A_MODE_LINK, KIND_U8, mode_link, KB_GATE_MODE_MAX, false),
	STATUS(KB_A_MODE_PATH, KIND_U8, mode_path, KB_GATE_MODE_MAX, false),
	STATUS(KB_A_LINK_RULES, KIND_U32, link_rules, 0, false),
	STATUS(KB_A_PATH_RULES, KIND_U32, path_rules, 0, false),
	STATUS(KB_A_NETWORKS, KIND_U32, networks, 0, false),
	STATUS(KB_A_PREFIXES, KIND_U32, prefixes, 0, false),
	STATUS(KB_A_LEASE, KIND_U8, lease, 2, false),
	STATUS(KB_A_LEASE_LEFT, KIND_U32, lease_left, 0, false),
	STATUS(KB_A_ZONE, KIND_U32, zone, 0, false),
	STATUS(KB_A_SCHEDULES, KIND_U64, schedules, 0, false),
	STATUS(KB_A_ISOLATED, KIND_U8, isolated, 2, false),
	STATUS(KB_A_ISOLATION, KIND_BYTES, isolation, 0, false),
	STATUS(KB_A_PATH_ALLOWED, KIND_U64, path_allowed, 0, false),
	STATUS(KB_A_PATH_REFUSED, KIND_U64, path_refused, 0, false),
	STATUS(KB_A_PATH_AUDITED, KIND_U64, path_audited, 0, false),
	STATUS(KB_A_FLOWS_CUT, KIND_U64, flows_cut, 0, false),
	STATUS(KB_A_BUILTIN, KIND_U8, builtin, 2, false),
};

static const struct field record_fields[] = {
	RECORD(KB_A_SEQ, KIND_U64, seq, 0),
	RECORD(KB_A_BOOTTIME, KIND_U64, boottime, 0),
	RECORD(KB_A_EVENT, KIND_U8, event, 0),
	RECORD(KB_A_DEVICE, KIND_NAME, device, 0),
	RECORD(KB_A_INTERFACE, KIND_U8, interface, 0),
	RECORD(KB_A_CONFIGURATION, KIND_U8, configuration, 0),
	RECORD(KB_A_VENDOR, KIND_U16, vendor, 0),
	RECORD(KB_A_PRODUCT, KIND_U16, product, 0),
	RECORD(KB_A_USB_SERIAL, KIND_STRING, serial, 0),
	RECORD(KB_A_PORT, KIND_NAME, port, 0),
	RECORD(KB_A_TRIPLE, KIND_BYTES, triple, 0),
	RECORD(KB_A_CLASSES, KIND_U32, classes, 0),
	RECORD(KB_A_ACTION, KIND_U8, action, KB_ACTION_MAX),
	RECORD(KB_A_REASON, KIND_U8, reason, 0),
	RECORD(KB_A_MODE_MEDIA, KIND_U8, mode, KB_GATE_MODE_MAX),
	RECORD(KB_A_RULE, KIND_U32, rule, 0),
	RECORD(KB_A_LINE, KIND_U32, line, 0),
	RECORD(KB_A_LABEL, KIND_STRING, label, 0),
	RECORD(KB_A_TELL, KIND_STRING, tell, 0),
	RECORD(KB_A_DRIVER, KIND_STRING, driver, 0),
	RECORD(KB_A_ERRNO, KIND_U32, errno_, 0),
	RECORD(KB_A_TEXT, KIND_STRING, text, 0),
	RECORD(KB_A_RING, KIND_U8, ring, KB_RING_MAX),
	RECORD(KB_A_MUNICIPALITY, KIND_STRING, municipality, 0),
	RECORD(KB_A_GROUP, KIND_STRING, group, 0),
	RECORD(KB_A_EPOCH, KIND_U32, policy_epoch, 0),
	RECORD(KB_A_SERIAL_NO, KIND_U32, policy_serial, 0),
	RECORD(KB_A_BLOB_SHA256, KIND_BYTES, blob_sha256, 0),
	RECORD(KB_A_MODE_LINK, KIND_U8, mode_link, KB_GATE_MODE_MAX),
	RECORD(KB_A_MODE_PATH, KIND_U8, mode_path, KB_GATE_MODE_MAX),
	RECORD(KB_A_IFINDEX, KIND_U32, ifindex, 0),
	RECORD(KB_A_NETNS, KIND_U64, netns, 0),
	RECORD(KB_A_LINK, KIND_STRING, link, 0),
	RECORD(KB_A_LINK_KIND, KIND_U8, link_kind, 0),
	RECORD(KB_A_LINK_BUS, KIND_U8, link_bus, 0),
	RECORD(KB_A_MAC, KIND_BYTES, mac, 0),
	RECORD(KB_A_PERM_MAC, KIND_BYTES, perm_mac, 0),
	RECORD(KB_A_LINK_UP, KIND_U8, up, 2),
	RECORD(KB_A_LINK_OPEN, KIND_U8, open, 2),
	RECORD(KB_A_LINK_GENERATION, KIND_U32, link_generation, 0),
	RECORD(KB_A_PROFILE, KIND_U32, profile, 0),
	RECORD(KB_A_BYPASS, KIND_U32, bypass, 0),
	RECORD(KB_A_NAME, KIND_STRING, name, 0),
	RECORD(KB_A_DIRECTION, KIND_U8, direction, KB_DIRECTION_MAX),
	RECORD(KB_A_FAMILY, KIND_U8, family, 7),
	RECORD(KB_A_SRC, KIND_ADDRESS, src, 0),
	RECORD(KB_A_DST, KIND_ADDRESS, dst, 0),
	RECORD(KB_A_PROTO, KIND_U8, proto, 0),
	RECORD(KB_A_SPORT, KIND_U16, sport, 0),
	RECORD(KB_A_DPORT, KIND_U16, dport, 0),
	RECORD(KB_A_UID, KIND_U32, uid, 0),
	RECORD(KB_A_PID, KIND_U32, pid, 0),
	RECORD(KB_A_COMM, KIND_STRING, comm, 0),
	RECORD(KB_A_CGROUP, KIND_STRING, cgroup, 0),
	RECORD(KB_A_COUNT, KIND_U32, count, 0),
	RECORD(KB_A_LEASE, KIND_U8, lease, 2),
	RECORD(KB_A_ZONE, KIND_U32, zone, 0),
	RECORD(KB_A_ISOLATED, KIND_U8, isolated, 2),
	RECORD(KB_A_ISOLATION, KIND_BYTES, isolation, 0),
	RECORD(KB_A_BUILTIN, KIND_U8, builtin, 2),
};

static const struct field path_fields[] = {
	PATH(KB_A_RULE, KIND_U32, rule, 0, true),
	PATH(KB_A_LINE, KIND_U32, line, 0, false),
	PATH(KB_A_NAME, KIND_STRING, name, 0, true),
	PATH(KB_A_PATH_KIND, KIND_U8, kind, 0, true),
	PATH(KB_A_PATH_OPEN, KIND_U8, open, 2, true),
	PATH(KB_A_REASON, KIND_U8, reason, 0, false),
	PATH(KB_A_PACKETS, KIND_U64, packets, 0, false),
	PATH(KB_A_BYTES, KIND_U64, bytes, 0, false),
	PATH(KB_A_REFUSALS, KIND_U64, refusals, 0, false),
};

struct attr {
	u16 type;
	const u8 *data;
	size_t len;
};

/* Steps to the next attribute: 1, 0 at the end, -EBADMSG. Moves *p and *left. */
static int next_attr(const u8 **p, size_t *left, struct attr *ret)
{
	struct nlattr header;
	size_t step;

	if (!*left)
		return 0;
	if (*left < sizeof(header))
		return -EBADMSG;
	memcpy(&header, *p, sizeof(header));
	if (header.nla_len < sizeof(header) || header.nla_len > *left)
		return -EBADMSG;
	ret->type = header.nla_type & NLA_TYPE_MASK;
	ret->data = *p + sizeof(header);
	ret->len = header.nla_len - sizeof(header);
	step = NLA_ALIGN(header.nla_len);
	if (step > *left)	/* padding after the last one may be missing */
		step = *left;
	*p += step;
	*left -= step;
	return 1;
}

static const struct field *find_field(const struct field *fields, size_t n, u16 type)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (fields[i].attr == type)
			return &fields[i];
	return NULL;
}

static bool is_name(const u8 *text)
{
	for (; *text; text++)
		if (*text <= 0x20 || *text >= 0x7f)
			return false;
	return true;
}

static int store_address(const struct attr *attr, struct kb_address *ret)
{
	if (attr->len != 4 && attr->len != 16)
		return -EBADMSG;
	ret->len = (u8)attr->len;
	memcpy(ret->bytes, attr->data, attr->len);
	return 0;
}

static int store(const struct field *field, const struct attr *attr, u8 *base)
{
	u8 *to = base + field->offset;

	if (field->kind == KIND_ADDRESS)
		return store_address(attr, (struct kb_address *)to);
	if (field->kind == KIND_STRING || field->kind == KIND_NAME) {
		if (!attr->len || attr->len > field->size ||
		    memchr(attr->data, '\0', attr->len) != attr->data + attr->len - 1)
			return -EBADMSG;
		if (field->kind == KIND_NAME && !is_name(attr->data))
			return -EBADMSG;
	} else if (attr->len != field->size) {
		return -EBADMSG;
	}
	if (field->end && attr->data[0] >= field->end)
		return -EBADMSG;
	memcpy(to, attr->data, attr->len);
	return 0;
}

static int decode(const void *data, size_t len, const struct field *fields, size_t n, u8 *base,
		  struct kb_have *ret_have)
{
	const struct field *field;
	const u8 *p = data;
	struct attr attr;
	struct kb_have have = {};
	size_t i;
	int r;

	while ((r = next_attr(&p, &len, &attr)) > 0) {
		field = find_field(fields, n, attr.type);
		if (!field)
			continue;
		if (kb_has(have, field->attr))
			return -EBADMSG;
		r = store(field, &attr, base);
		if (r)
			return r;
		kb_have_add(&have, field->attr);
	}
	for (i = 0; !r && i < n; i++)
		if (fields[i].needed && !kb_has(have, fields[i].attr))
			return -EBADMSG;
	*ret_have = have;
	return r;
}

int kb_decode_status(const void *data, size_t len, struct kb_status *ret)
{
	struct kb_status status = {};
	int r = decode(data, len, status_fields, ARRAY_SIZE(status_fields), (u8 *)&status,
		       &status.have);

	if (!r)
		*ret = status;
	return r;
}

/* Addresses are as long as the family says; without one they are worth nothing. */
static bool addresses_fit(const struct kb_record *r)
{
	u8 len = r->family == 6 ? 16 : 4;

	if (!kb_has(r->have, KB_A_FAMILY))
		return !r->src.len && !r->dst.len;
	return (r->family == 4 || r->family == 6) && (!r->src.len || r->src.len == len) &&
	       (!r->dst.len || r->dst.len == len);
}

static int decode_record(const void *data, size_t len, const u8 *needed, struct kb_record *ret)
{
	struct kb_record record = {};
	int r = decode(data, len, record_fields, ARRAY_SIZE(record_fields), (u8 *)&record,
		       &record.have);

	for (; !r && *needed; needed++)
		if (!kb_has(record.have, *needed))
			r = -EBADMSG;
	if (!r && !addresses_fit(&record))
		r = -EBADMSG;
	if (!r)
		*ret = record;
	return r;
}

int kb_decode_device(const void *data, size_t len, struct kb_record *ret)
{
	static const u8 needed[] = { KB_A_DEVICE, KB_A_INTERFACE, KB_A_ACTION, KB_A_REASON, 0 };

	return decode_record(data, len, needed, ret);
}

int kb_decode_event(const void *data, size_t len, struct kb_record *ret)
{
	static const u8 needed[] = { KB_A_SEQ, KB_A_BOOTTIME, KB_A_EVENT, 0 };

	return decode_record(data, len, needed, ret);
}

int kb_decode_link(const void *data, size_t len, struct kb_record *ret)
{
	static const u8 needed[] = { KB_A_LINK, KB_A_IFINDEX, KB_A_LINK_KIND, KB_A_ACTION,
				     KB_A_REASON, 0 };

	return decode_record(data, len, needed, ret);
}

int kb_decode_path(const void *data, size_t len, struct kb_path_row *ret)
{
	struct kb_path_row row = {};
	int r = decode(data, len, path_fields, ARRAY_SIZE(path_fields), (u8 *)&row, &row.have);

	if (!r)
		*ret = row;
	return r;
}

int kb_decode_blob(const void *data, size_t len,
		   int (*part)(const void *bytes, size_t len, void *userdata), void *userdata)
{
	const u8 *p = data;
	struct attr attr;
	int r;

	while ((r = next_attr(&p, &len, &attr)) > 0) {
		if (attr.type != KB_A_BLOB)
			continue;
		if (!attr.len || attr.len > KB_PART_MAX)
			return -EBADMSG;
		r = part(attr.data, attr.len, userdata);
		if (r < 0)
			return r;
	}
	return r;
}

/* Where the attributes of an NLMSG_ERROR start: behind the errno and the echoed request. */
static int skip_request(const u8 *data, size_t len, u16 flags, size_t *ret_offset)
{
	size_t offset = sizeof(struct nlmsgerr);
	struct nlmsgerr error;

	if (len < offset)
		return -EBADMSG;
	memcpy(&error, data, sizeof(error));
	if (!(flags & NLM_F_CAPPED)) {
		if (error.msg.nlmsg_len < NLMSG_HDRLEN ||
		    error.msg.nlmsg_len - NLMSG_HDRLEN > len - offset)
			return -EBADMSG;
		offset += NLMSG_ALIGN(error.msg.nlmsg_len - NLMSG_HDRLEN);
	}
	*ret_offset = offset < len ? offset : len;
	return 0;
}

int kb_decode_ack(const void *data, size_t len, u16 flags, bool done, int *ret_errno,
		  char *ret_text, size_t size)
{
	size_t offset = NLMSG_ALIGN(sizeof(int)), left;
	char text[KB_SENTENCE_MAX + 1] = "";
	struct attr attr;
	const u8 *p;
	int err, r;

	if (len < sizeof(err))
		return -EBADMSG;
	memcpy(&err, data, sizeof(err));
	if (err > 0)
		return -EBADMSG;
	if (flags & NLM_F_ACK_TLVS) {
		r = done ? 0 : skip_request(data, len, flags, &offset);
		if (r)
			return r;
		p = (const u8 *)data + offset;
		left = len - offset;
		while ((r = next_attr(&p, &left, &attr)) > 0)
			if (attr.type == NLMSGERR_ATTR_MSG)
				snprintf(text, sizeof(text), "%.*s", (int)strnlen((const char *)attr.data,
					 attr.len), (const char *)attr.data);
		if (r)
			return r;
	}
	*ret_errno = err;
	snprintf(ret_text, size, "%s", text);
	return 0;
}
