# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzers of what the agent reads: the kernel's answers, bundles, signatures.

FUZZERS += netlink_fuzz bundle_fuzz
netlink_fuzz_SRC := tests/fuzz/netlink_fuzz.c agent/decode.c agent/refusal.c agent/words.c agent/words_path.c policy/reason.c policy/utf8.c \
	kmod/core/names.c kmod/core/link_names.c policy/order.c policy/bundle.c policy/archive.c \
	policy/file.c policy/fault.c
netlink_fuzz_LIBS := -lcrypto
bundle_fuzz_SRC := tests/fuzz/bundle_fuzz.c policy/archive.c policy/bundle.c policy/file.c policy/fault.c kmod/core/cms.c policy/sign.c \
	policy/key.c
bundle_fuzz_LIBS := -larchive -lcrypto
