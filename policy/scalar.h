/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One written value into its C type, by enum kb_type. */
#ifndef KIDOBAN_POLICY_SCALAR_H
#define KIDOBAN_POLICY_SCALAR_H

#include <kidoban/usb.h>

#include "policy/nearest.h"
#include "policy/read.h"

/*
 * Converts scalar @node into the C type of @key's type at @ret. 0, or -EBADMSG
 * (told), -ENOMEM with @ret untouched.
 */
int kb_scalar_read(struct kb_reader *reader, const struct kb_key *key, const struct kb_node *node,
		   void *ret);

/* The types of links and paths, called by kb_scalar_read(). */
int kb_scalar_read_net(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, void *ret);
/* Those of Wi-Fi and places, called by kb_scalar_read_net(). -EINVAL for other types. */
int kb_scalar_read_wifi(struct kb_reader *reader, const struct kb_key *key,
			const struct kb_node *node, void *ret);
/* Say what is wrong with @node; both return -EBADMSG. @known lists what may stand there. */
int kb_scalar_bad(struct kb_reader *reader, const struct kb_key *key, const struct kb_node *node);
int kb_scalar_unknown(struct kb_reader *reader, const struct kb_key *key,
		      const struct kb_node *node, const struct kb_nearest *nearest,
		      const char *known);
/* The bounds of texts, in bytes. 0, or -EBADMSG (told). */
int kb_scalar_length(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node);
/* Appends ", @word" to @list of @size bytes as far as it fits. */
void kb_scalar_list(char *list, size_t size, const char *word);

/* "0781:5583", "0781:55??", "07*:*". 0 or -EINVAL. */
int kb_scalar_usb(const char *text, struct kb_usb_id *ret);
/* Three of two hexadecimal digits or a star, with slashes between. 0 or -EINVAL. */
int kb_scalar_triple(const char *text, struct kb_usb_triple *ret);
/* "2", "1-3", "2-" within 0..255. 0 or -EINVAL. */
int kb_scalar_range(const char *text, uint8_t *ret_min, uint8_t *ret_max);
/*
 * "2027-03-31" or "2027-03-31T17:15[:00][Z|+09:00]" (no zone: Japan) into
 * seconds since 1970. A date alone means its first second in Japan
 * or (@until) the one after its last. Years 1970..2199. 0 or -EINVAL.
 */
int kb_scalar_date(const char *text, bool until, uint64_t *ret);

#endif
