// SPDX-License-Identifier: GPL-2.0-or-later
/* One written value of Wi-Fi and places into its C type. */
#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "policy/file_name.h"
#include "policy/i18n.h"
#include "policy/lldp_port.h"
#include "policy/net.h"
#include "policy/scalar.h"

#define DEGREE		10000000	/* an int32_t of KB_TYPE_DEGREES */
#define DEGREE_DIGITS	7
#define KEY_BASE64_LEN	44		/* 32 bytes with their one "=" */

#define TELL(reader, node, code, ...)                                                              \
	(kb_diags_add((reader)->diags, KB_DIAG_ERROR, (node)->line, (node)->column, code,          \
		      __VA_ARGS__),                                                                \
	 -EBADMSG)

static int hex_digit(char c)
{
	c = tolower((unsigned char)c);
	if (isdigit((unsigned char)c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Pairs of hexadecimal digits, at most @room; the number of bytes, or -EINVAL. */
static int read_hex(const char *text, u8 *ret, size_t room)
{
	size_t n = strlen(text) / 2, i;
	u8 bytes[KB_SSID_MAX];
	int high, low;

	static_assert(sizeof(bytes) >= sizeof(((struct kb_bytes32 *)0)->bytes),
		      "both kinds of values fit");
	if (strlen(text) % 2 || n > room || n > sizeof(bytes))
		return -EINVAL;
	for (i = 0; i < n; i++) {
		high = hex_digit(text[2 * i]);
		low = hex_digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return -EINVAL;
		bytes[i] = high << 4 | low;
	}
	memcpy(ret, bytes, n);
	return n;
}

static int read_ssid(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node, struct kb_ssid *ret)
{
	struct kb_ssid ssid = { .len = 0 };
	int n;

	if (key->type == KB_TYPE_SSID_HEX) {
		n = read_hex(node->text, ssid.bytes, sizeof(ssid.bytes));
		if (n <= 0)
			return kb_scalar_bad(reader, key, node);
		ssid.len = n;
	} else {
		if (kb_scalar_length(reader, key, node) < 0)
			return -EBADMSG;
		ssid.len = strlen(node->text);
		memcpy(ssid.bytes, node->text, ssid.len);
	}
	*ret = ssid;
	return 0;
}

static int read_sha256(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, struct kb_bytes32 *ret)
{
	struct kb_bytes32 value = { .there = true };

	if (read_hex(node->text, value.bytes, sizeof(value.bytes)) != sizeof(value.bytes))
		return kb_scalar_bad(reader, key, node);
	*ret = value;
	return 0;
}

static int read_public_key(struct kb_reader *reader, const struct kb_key *key,
			   const struct kb_node *node, struct kb_bytes32 *ret)
{
	unsigned char decoded[KEY_BASE64_LEN / 4 * 3];

	if (strlen(node->text) != KEY_BASE64_LEN)
		return read_sha256(reader, key, node, ret);
	if (node->text[KEY_BASE64_LEN - 1] != '=' || node->text[KEY_BASE64_LEN - 2] == '=' ||
	    EVP_DecodeBlock(decoded, (const unsigned char *)node->text, KEY_BASE64_LEN) !=
		    sizeof(decoded))
		return kb_scalar_bad(reader, key, node);
	memcpy(ret->bytes, decoded, sizeof(ret->bytes));
	ret->there = true;
	return 0;
}

/* Texts that must only have the right form. */
static int read_form(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node, bool valid, const char **ret)
{
	if (!valid)
		return kb_scalar_bad(reader, key, node);
	*ret = node->text;
	return 0;
}

static int read_file(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node, const char **ret)
{
	bool token = key->type == KB_TYPE_FILE_OR_TOKEN && kb_pkcs11_uri_valid(node->text);
	int r = kb_scalar_length(reader, key, node);

	if (r < 0)
		return r;
	return read_form(reader, key, node, token || kb_file_name_valid(node->text), ret);
}

static int read_server(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, const char **ret)
{
	if (strchr(node->text, '*'))
		return TELL(reader, node, "wildcard",
			    _("'%s' would be content with many servers; write the whole name that stands in the server's certificate"),
			    node->text);
	return read_form(reader, key, node, kb_host_name_valid(node->text), ret);
}

static int read_pace(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node, uint32_t *ret)
{
	struct kb_key number = *key;
	uint32_t value;
	int r;

	if (!strcmp(node->text, "never") || !strcmp(node->text, "0")) {
		*ret = 0;
		return 0;
	}
	number.type = KB_TYPE_UINT;
	r = kb_scalar_read(reader, &number, node, &value);
	if (!r)
		*ret = value;
	return r;
}

static int read_signal(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, uint32_t *ret)
{
	const char *c = node->text;
	uint32_t value = 0;

	if (*c++ != '-' || !isdigit((unsigned char)*c) || *c == '0')
		return kb_scalar_bad(reader, key, node);
	for (; isdigit((unsigned char)*c) && value <= KB_SIGNAL_WEAKEST; c++)
		value = value * 10 + (*c - '0');
	if (*c || value > KB_SIGNAL_WEAKEST)
		return kb_scalar_bad(reader, key, node);
	*ret = value;
	return 0;
}

/* "-35.6895": at most seven digits behind the point, which is what there is room for. */
static int read_degrees(struct kb_reader *reader, const struct kb_key *key,
			const struct kb_node *node, int32_t *ret)
{
	const char *c = node->text;
	bool south = *c == '-';
	int64_t value = 0;
	int digits = 0;

	c += south;
	if (!isdigit((unsigned char)*c))
		return kb_scalar_bad(reader, key, node);
	for (; isdigit((unsigned char)*c) && value <= key->max; c++)
		value = value * 10 + (*c - '0');
	if (*c == '.')
		for (c++; isdigit((unsigned char)*c) && digits < DEGREE_DIGITS; c++, digits++)
			value = value * 10 + (*c - '0');
	if (*c || (c[-1] == '.'))
		return kb_scalar_bad(reader, key, node);
	for (; digits < DEGREE_DIGITS; digits++)
		value *= 10;
	if (value > (int64_t)key->max * DEGREE)
		return TELL(reader, node, "range", _("'%s' must be from -%u to %u, this is %s"),
			    key->name, key->max, key->max, node->text);
	*ret = south ? -value : value;
	return 0;
}

static int read_switch_port(struct kb_reader *reader, const struct kb_key *key,
			    const struct kb_node *node, const char **ret)
{
	int r = kb_scalar_length(reader, key, node);

	if (r < 0)
		return r;
	return read_form(reader, key, node, kb_lldp_port_valid(node->text), ret);
}

int kb_scalar_read_wifi(struct kb_reader *reader, const struct kb_key *key,
			const struct kb_node *node, void *ret)
{
	switch (key->type) {
	case KB_TYPE_SSID:
	case KB_TYPE_SSID_HEX:
		return read_ssid(reader, key, node, ret);
	case KB_TYPE_SHA256:
		return read_sha256(reader, key, node, ret);
	case KB_TYPE_PUBLIC_KEY:
		return read_public_key(reader, key, node, ret);
	case KB_TYPE_FILE:
	case KB_TYPE_FILE_OR_TOKEN:
		return read_file(reader, key, node, ret);
	case KB_TYPE_SERVER:
		return read_server(reader, key, node, ret);
	case KB_TYPE_PACE:
		return read_pace(reader, key, node, ret);
	case KB_TYPE_SIGNAL:
		return read_signal(reader, key, node, ret);
	case KB_TYPE_DEGREES:
		return read_degrees(reader, key, node, ret);
	case KB_TYPE_SWITCH_PORT:
		return read_switch_port(reader, key, node, ret);
	default:
		return -EINVAL;
	}
}
