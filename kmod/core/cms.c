// SPDX-License-Identifier: GPL-2.0-only
/* The one form of CMS signature that counts. */
#include <kidoban/cms.h>

enum {
	DER_INTEGER = 0x02,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xa0,
};

/* What is left of an element's content. */
struct der {
	const u8 *data;
	size_t len;
};

/* 1.2.840.113549.1.7.2 signedData, 1.2.840.113549.1.7.1 data, 2.16.840.1.101.3.4.2.1 sha256 */
static const u8 oid_signed_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };
static const u8 oid_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01 };
static const u8 oid_sha256[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };

/* Takes the next element of @from, which must have this @tag; a definite length of up to 64 KiB. */
static bool take(struct der *from, u8 tag, struct der *ret)
{
	size_t head = 2, len, i;

	if (from->len < 2 || from->data[0] != tag)
		return false;
	len = from->data[1];
	if (len & 0x80) {
		size_t octets = len & 0x7f;

		if (!octets || octets > 2 || from->len < 2 + octets)
			return false;
		for (len = 0, i = 0; i < octets; i++)
			len = len << 8 | from->data[head++];
	}
	if (len > from->len - head)
		return false;
	ret->data = from->data + head;
	ret->len = len;
	from->data += head + len;
	from->len -= head + len;
	return true;
}

static bool take_oid(struct der *from, const u8 *oid, size_t len)
{
	struct der got;

	return take(from, DER_OID, &got) && got.len == len && !memcmp(got.data, oid, len);
}

static bool take_sha256(struct der *from)
{
	struct der algorithm;

	return take(from, DER_SEQUENCE, &algorithm) &&
	       take_oid(&algorithm, oid_sha256, sizeof(oid_sha256));
}

/* SignerInfo: version, issuer and serial, digest algorithm, ... (RFC 5652, 5.3) */
static bool one_signer(struct der infos)
{
	struct der info, version, name;

	return take(&infos, DER_SEQUENCE, &info) && !infos.len &&
	       take(&info, DER_INTEGER, &version) && take(&info, DER_SEQUENCE, &name) &&
	       take_sha256(&info);
}

int kb_cms_plain(const void *sig, size_t len)
{
	struct der all = { .data = sig, .len = len };
	struct der info, wrapped, sd, version, digests, content, signers;

	/* ContentInfo (3) */
	if (!take(&all, DER_SEQUENCE, &info) || all.len ||
	    !take_oid(&info, oid_signed_data, sizeof(oid_signed_data)) ||
	    !take(&info, DER_CONTEXT_0, &wrapped) || info.len ||
	    !take(&wrapped, DER_SEQUENCE, &sd) || wrapped.len)
		return -EBADMSG;
	/* SignedData (5.1); certificates [0] and crls [1] would stand before the signers */
	if (!take(&sd, DER_INTEGER, &version) || !take(&sd, DER_SET, &digests) ||
	    !take_sha256(&digests) || digests.len ||
	    !take(&sd, DER_SEQUENCE, &content) ||
	    !take_oid(&content, oid_data, sizeof(oid_data)) || content.len ||
	    !take(&sd, DER_SET, &signers) || sd.len)
		return -EBADMSG;
	return one_signer(signers) ? 0 : -EBADMSG;
}
