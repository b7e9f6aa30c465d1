// SPDX-License-Identifier: GPL-2.0-or-later
/* The words that gate_text.h's texts are made of. */
#include "gate_words.h"

#include <arpa/inet.h>

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

u32 gate_words_index(const char *const *words, u32 n, const char *word)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (words[i] && !strcmp(words[i], word))
			return i;
	fail_msg("nobody knows \"%s\"", word);
	return 0;
}

u8 gate_words_ip(const char *word, union kb_ip *ret)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, word, &v4) == 1) {
		ret->v4 = ntohl(v4.s_addr);
		return 4;
	}
	if (inet_pton(AF_INET6, word, ret->v6) != 1)
		fail_msg("\"%s\" is no address", word);
	return 6;
}

u8 gate_words_protocol(const char *word)
{
	static const char *const names[] = {
		[1] = "icmp", [2] = "igmp",   [4] = "ipip", [6] = "tcp",    [17] = "udp",
		[33] = "dccp", [47] = "gre", [50] = "esp",  [58] = "icmp6", [132] = "sctp",
	};

	if (word[0] >= '0' && word[0] <= '9')
		return (u8)atoi(word);
	return (u8)gate_words_index(names, ARRAY_SIZE(names), word);
}

void gate_words_mac(const char *word, u8 *ret)
{
	if (sscanf(word, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", ret, ret + 1, ret + 2, ret + 3,
		   ret + 4, ret + 5) != 6)
		fail_msg("\"%s\" is no MAC address", word);
}

/* Names lie at the start of structures of @size bytes, or @offset into them. */
static u16 by_name(const void *array, u32 n, size_t size, size_t offset, const char *name)
{
	const char *const *at;
	u16 i;

	for (i = 0; i < n; i++) {
		at = (const void *)((const char *)array + i * size + offset);
		if (*at && !strcmp(*at, name))
			return i;
	}
	fail_msg("the policy has no \"%s\"", name);
	return 0;
}

u16 gate_words_link(const struct kb_policy *policy, const char *name)
{
	return by_name(policy->link.rules, policy->link.n_rules, sizeof(struct kb_link_rule),
		       offsetof(struct kb_link_rule, name), name);
}

u16 gate_words_profile(const struct kb_path_policy *paths, const char *name)
{
	return by_name(paths->profiles, paths->n_profiles, sizeof(struct kb_profile),
		       offsetof(struct kb_profile, name), name);
}

u16 gate_words_zone(const struct kb_path_policy *paths, const char *name)
{
	return by_name(paths->zones, paths->n_zones, sizeof(struct kb_zone),
		       offsetof(struct kb_zone, name), name);
}

u16 gate_words_schedule(const struct kb_path_policy *paths, const char *name)
{
	return by_name(paths->schedules, paths->n_schedules, sizeof(struct kb_schedule),
		       offsetof(struct kb_schedule, name), name);
}
