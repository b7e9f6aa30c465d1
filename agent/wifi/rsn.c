// SPDX-License-Identifier: GPL-2.0-or-later
/* The RSN element: what an access point offers, and what was negotiated. */
#include "agent/wifi/rsn.h"

#define RSN_VERSION	1
#define PMKID_LEN	16
#define SUITE_LEN	4
#define CAP_MFPR	0x0040u		/* management frame protection required, 9.4.2.24.4 */
#define CAP_MFPC	0x0080u		/* ... capable */

static const u8 oui_ieee[] = { 0x00, 0x0f, 0xac };
static const u8 oui_microsoft[] = { 0x00, 0x50, 0xf2 };

/* What is left of the element. */
struct reader {
	const u8 *at;
	size_t left;
};

int kb_element_next(struct kb_elements *walk, struct kb_element *ret)
{
	size_t left = walk->len - walk->pos;
	const u8 *at;

	if (!left)
		return 0;
	at = walk->bytes + walk->pos;
	if (left < 2 || left - 2 < at[1])
		return -EBADMSG;
	ret->id = at[0];
	ret->len = at[1];
	ret->data = at + 2;
	walk->pos += 2 + (size_t)at[1];
	return 1;
}

bool kb_element_is_wpa(const struct kb_element *element)
{
	return element->id == KB_ELEMENT_VENDOR && element->len >= SUITE_LEN &&
	       !memcmp(element->data, oui_microsoft, sizeof(oui_microsoft)) &&
	       element->data[3] == 1;
}

static const u8 *take(struct reader *r, size_t n)
{
	const u8 *at = r->at;

	if (r->left < n)
		return NULL;
	r->at += n;
	r->left -= n;
	return at;
}

static int take_u16(struct reader *r, u16 *ret)
{
	const u8 *at = take(r, 2);

	if (!at)
		return -EBADMSG;
	*ret = (u16)(at[0] | at[1] << 8);
	return 0;
}

static int take_suite(struct reader *r, u32 *mask, bool *foreign)
{
	const u8 *at = take(r, SUITE_LEN);

	if (!at)
		return -EBADMSG;
	if (memcmp(at, oui_ieee, sizeof(oui_ieee)) || at[3] > KB_SUITE_MAX)
		*foreign = true;
	else
		*mask |= KB_SUITE(at[3]);
	return 0;
}

/* A count and as many suites. */
static int take_suites(struct reader *r, u32 *mask, bool *foreign)
{
	u16 n;

	*mask = 0;
	if (take_u16(r, &n) || !n)
		return -EBADMSG;
	while (n--)
		if (take_suite(r, mask, foreign))
			return -EBADMSG;
	return 0;
}

/* Everything behind the AKMs; each field may be the last. */
static int take_tail(struct reader *r, struct kb_rsn *rsn)
{
	u16 caps;

	if (!r->left)
		return 0;
	if (take_u16(r, &caps))
		return -EBADMSG;
	rsn->mfp_required = caps & CAP_MFPR;
	rsn->mfp_capable = caps & CAP_MFPC;
	if (rsn->mfp_capable)
		rsn->group_mgmt = KB_CIPHER_BIP_CMAC;
	if (!r->left)
		return 0;
	if (take_u16(r, &rsn->n_pmkids) || !take(r, (size_t)rsn->n_pmkids * PMKID_LEN))
		return -EBADMSG;
	if (!r->left)
		return 0;
	rsn->group_mgmt = 0;
	/* what follows it belongs to a later standard */
	return take_suite(r, &rsn->group_mgmt, &rsn->foreign);
}

int kb_rsn_parse(const u8 *value, size_t len, struct kb_rsn *ret)
{
	struct kb_rsn rsn = {
		.present = true,
		.group = KB_CIPHER_CCMP, .pairwise = KB_CIPHER_CCMP, .akms = KB_AKM_8021X,
	};
	struct reader r = { .at = value, .left = len };

	if (take_u16(&r, &rsn.version) || rsn.version != RSN_VERSION)
		return -EBADMSG;
	if (r.left) {
		rsn.group = 0;
		if (take_suite(&r, &rsn.group, &rsn.foreign))
			return -EBADMSG;
	}
	if (r.left && take_suites(&r, &rsn.pairwise, &rsn.foreign))
		return -EBADMSG;
	if (r.left && take_suites(&r, &rsn.akms, &rsn.foreign))
		return -EBADMSG;
	if (take_tail(&r, &rsn))
		return -EBADMSG;
	*ret = rsn;
	return 0;
}

bool kb_rsnx_bit(const u8 *value, size_t len, unsigned int bit)
{
	/* how many octets follow, as the first one's low four bits say, is not trusted beyond @len */
	return bit / 8 < len && value[bit / 8] >> (bit % 8) & 1;
}

int kb_rsn_find(const u8 *ies, size_t len, struct kb_rsn *ret)
{
	struct kb_elements walk = { .bytes = ies, .len = len };
	struct kb_element element;
	struct kb_rsn rsn = {};
	int r;

	while ((r = kb_element_next(&walk, &element)) > 0) {
		if (element.id != KB_ELEMENT_RSN)
			continue;
		if (rsn.present || kb_rsn_parse(element.data, element.len, &rsn))
			return -EBADMSG;
	}
	if (!r)
		*ret = rsn;
	return r;
}
