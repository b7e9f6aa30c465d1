// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a bundle, and its signatures as signatures. What is accepted must encode again. */
#include <stdlib.h>
#include <string.h>

#include "policy/bundle.h"
#include "policy/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_bundle bundle = { 0 }, again = { 0 };
	struct kb_bytes bytes = { 0 };
	struct kb_fault why;
	int i;

	kb_sign_check_form(data, size, &why);
	if (kb_bundle_decode(data, size, &bundle, &why))
		return 0;
	for (i = KB_BUNDLE_AUTHOR; i <= KB_BUNDLE_APPROVER; i++)
		if (bundle.members[i].data)
			kb_sign_check_form(bundle.members[i].data, bundle.members[i].len, &why);
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
