// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a bundle, and its signatures as signatures. What is accepted must encode again. */
#include <stdlib.h>
#include <string.h>

#include "policy/bundle.h"
#include "policy/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nobody is trusted: the signature is parsed, and at best its signer is unknown. */
static void look_at(const uint8_t *sig, size_t len)
{
	static const struct kb_trust nobody;
	struct kb_fault why;

	if (!kb_sign_verify("", 0, sig, len, &nobody, KB_RING_AUTHOR, NULL, &why))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_bundle bundle = { 0 }, again = { 0 };
	struct kb_bytes bytes = { 0 };
	struct kb_fault why;
	int i;

	look_at(data, size);
	if (kb_bundle_decode(data, size, &bundle, &why))
		return 0;
	for (i = KB_BUNDLE_AUTHOR; i <= KB_BUNDLE_APPROVER; i++)
		if (bundle.members[i].data)
			look_at(bundle.members[i].data, bundle.members[i].len);
	if (kb_bundle_encode(&bundle, &bytes, &why) || kb_bundle_decode(bytes.data, bytes.len, &again, &why))
		abort();
	for (i = 0; i < KB_BUNDLE_MEMBERS; i++)
		if (again.members[i].len != bundle.members[i].len ||
		    (again.members[i].len &&
		     memcmp(again.members[i].data, bundle.members[i].data, again.members[i].len)))
			abort();
	kb_bytes_done(&bytes);
	kb_bundle_done(&bundle);
	kb_bundle_done(&again);
	return 0;
}
