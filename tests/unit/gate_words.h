/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words that gate_text.h's texts are made of. What cannot be read fails the running test. */
#ifndef TESTS_UNIT_GATE_WORDS_H
#define TESTS_UNIT_GATE_WORDS_H

#include <kidoban/policy.h>

/* Index of @word among @n @words. */
u32 gate_words_index(const char *const *words, u32 n, const char *word);
/* 4 or 6. */
u8 gate_words_ip(const char *word, union kb_ip *ret);
u8 gate_words_protocol(const char *word);
void gate_words_mac(const char *word, u8 *ret);

/* Indexes by name. */
u16 gate_words_link(const struct kb_policy *policy, const char *name);
u16 gate_words_profile(const struct kb_path_policy *paths, const char *name);
u16 gate_words_zone(const struct kb_path_policy *paths, const char *name);
u16 gate_words_schedule(const struct kb_path_policy *paths, const char *name);

#endif
