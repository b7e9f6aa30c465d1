// SPDX-License-Identifier: GPL-2.0-or-later
/* One written value into its C type. */
#include "policy/scalar.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "policy/device.h"
#include "policy/i18n.h"
#include "policy/nearest.h"
#include "policy/port.h"

#define JAPAN_OFFSET	(9 * 3600)
#define DAY_SECONDS	(24 * 3600)

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hexadecimal digits; "?" leaves one open, a star all that would follow. */
static int read_masked(const char *text, size_t len, uint16_t *ret_value, uint16_t *ret_mask)
{
	uint16_t value = 0, mask = 0;
	size_t i;
	int digit;

	if (!len || len > 4)
		return -EINVAL;
	for (i = 0; i < 4; i++) {
		value <<= 4;
		mask <<= 4;
		if (i == len)
			return -EINVAL;
		if (text[i] == '*') {
			if (i + 1 != len)
				return -EINVAL;
			*ret_value = value << (4 * (3 - i));
			*ret_mask = mask << (4 * (3 - i));
			return 0;
		}
		digit = hex_digit(text[i]);
		if (digit >= 0) {
			value |= digit;
			mask |= 0xf;
		} else if (text[i] != '?') {
			return -EINVAL;
		}
	}
	*ret_value = value;
	*ret_mask = mask;
	return 0;
}

int kb_scalar_usb(const char *text, struct kb_usb_id *ret)
{
	const char *colon = strchr(text, ':');
	struct kb_usb_id id;

	if (!colon || read_masked(text, colon - text, &id.vendor, &id.vendor_mask) < 0 ||
	    read_masked(colon + 1, strlen(colon + 1), &id.product, &id.product_mask) < 0)
		return -EINVAL;
	*ret = id;
	return 0;
}

/* Two hexadecimal digits or a star, then @end. Returns what follows, NULL if not so. */
static const char *read_octet(const char *text, char end, uint8_t *ret, bool *ret_any)
{
	int high, low;

	if (text[0] == '*' && text[1] == end) {
		*ret = 0;
		*ret_any = true;
		return text + 2;
	}
	high = hex_digit(text[0]);
	low = high < 0 ? -1 : hex_digit(text[1]);
	if (low < 0 || text[2] != end)
		return NULL;
	*ret = high << 4 | low;
	*ret_any = false;
	return text + 3;
}

int kb_scalar_triple(const char *text, struct kb_usb_triple *ret)
{
	struct kb_usb_triple triple;
	bool any[3];

	text = read_octet(text, '/', &triple.class, &any[0]);
	if (text)
		text = read_octet(text, '/', &triple.subclass, &any[1]);
	if (text)
		text = read_octet(text, '\0', &triple.protocol, &any[2]);
	if (!text)
		return -EINVAL;
	triple.mask = (any[0] ? 0 : KB_TRIPLE_CLASS) | (any[1] ? 0 : KB_TRIPLE_SUBCLASS) |
		      (any[2] ? 0 : KB_TRIPLE_PROTOCOL);
	*ret = triple;
	return 0;
}

/* Decimal digits, no sign, no leading zero. Returns what follows, NULL if not so. */
static const char *read_decimal(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!isdigit((unsigned char)text[0]) || (text[0] == '0' && isdigit((unsigned char)text[1])))
		return NULL;
	for (; isdigit((unsigned char)*text); text++) {
		value = value * 10 + (*text - '0');
		if (value > max)
			return NULL;
	}
	*ret = value;
	return text;
}

int kb_scalar_range(const char *text, uint8_t *ret_min, uint8_t *ret_max)
{
	uint64_t min, max;

	text = read_decimal(text, UINT8_MAX, &min);
	if (!text)
		return -EINVAL;
	max = min;
	if (*text == '-') {
		max = UINT8_MAX;
		if (*++text)
			text = read_decimal(text, UINT8_MAX, &max);
	}
	if (!text || *text || min > max)
		return -EINVAL;
	*ret_min = min;
	*ret_max = max;
	return 0;
}

/* Exactly @digits decimal digits with @low <= value <= @high; moves *text on. */
static bool take_number(const char **text, unsigned int digits, int low, int high, int *ret)
{
	int value = 0;

	for (; digits; digits--, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return false;
		value = value * 10 + (**text - '0');
	}
	*ret = value;
	return value >= low && value <= high;
}

static bool take_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* Nothing (Japan), "Z" or "+09:00". */
static bool take_zone(const char **text, long *ret_offset)
{
	int hours, minutes, sign = **text == '-' ? -1 : 1;

	if (!**text) {
		*ret_offset = JAPAN_OFFSET;
		return true;
	}
	if (take_char(text, 'Z')) {
		*ret_offset = 0;
		return true;
	}
	if (**text != '+' && **text != '-')
		return false;
	(*text)++;
	if (!take_number(text, 2, 0, 14, &hours) || !take_char(text, ':') ||
	    !take_number(text, 2, 0, 59, &minutes))
		return false;
	*ret_offset = sign * (hours * 3600L + minutes * 60L);
	return true;
}

int kb_scalar_date(const char *text, bool until, uint64_t *ret)
{
	long offset = JAPAN_OFFSET;
	struct tm tm = { 0 };
	int year, month, day;
	time_t when;

	if (!take_number(&text, 4, 1970, 2199, &year) || !take_char(&text, '-') ||
	    !take_number(&text, 2, 1, 12, &month) || !take_char(&text, '-') ||
	    !take_number(&text, 2, 1, 31, &day))
		return -EINVAL;
	if (*text) {
		until = false;
		if ((!take_char(&text, 'T') && !take_char(&text, ' ')) ||
		    !take_number(&text, 2, 0, 23, &tm.tm_hour) || !take_char(&text, ':') ||
		    !take_number(&text, 2, 0, 59, &tm.tm_min))
			return -EINVAL;
		if (take_char(&text, ':') && !take_number(&text, 2, 0, 59, &tm.tm_sec))
			return -EINVAL;
		if (!take_zone(&text, &offset) || *text)
			return -EINVAL;
	}
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	when = timegm(&tm);
	/* timegm() moves the 31st of short months into the next. */
	if (tm.tm_mday != day || when < offset)
		return -EINVAL;
	*ret = (uint64_t)(when - offset) + (until ? DAY_SECONDS : 0);
	return 0;
}

int kb_scalar_bad(struct kb_reader *reader, const struct kb_key *key, const struct kb_node *node)
{
	kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "bad-value",
		     _("'%s' is not a valid %s for '%s'; write it like %s"), node->text,
		     _(kb_type_infos[key->type].noun), key->name, key->example);
	return -EBADMSG;
}

int kb_scalar_length(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node)
{
	size_t len = strlen(node->text);

	if (len >= key->min && len <= key->max)
		return 0;
	kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "length",
		     _("'%s' must have %u to %u bytes, this has %zu"), key->name, key->min,
		     key->max, len);
	return -EBADMSG;
}

static int read_string(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, const char **ret)
{
	int r = kb_scalar_length(reader, key, node);

	if (r < 0)
		return r;
	if (key->type == KB_TYPE_NAME &&
	    node->text[strspn(node->text,
			      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")])
		return kb_scalar_bad(reader, key, node);
	*ret = node->text;
	return 0;
}

static int read_uint(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node, uint32_t *ret)
{
	const char *end;
	uint64_t value;

	end = read_decimal(node->text, UINT64_MAX / 20, &value);
	if (!end || *end)
		return kb_scalar_bad(reader, key, node);
	if (key->min == key->max && value != key->min) {
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "range",
			     _("'%s' must be %u, this is %s"), key->name, key->min, node->text);
		return -EBADMSG;
	}
	if (value < key->min || value > key->max) {
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "range",
			     _("'%s' must be from %u to %u, this is %s"), key->name, key->min,
			     key->max, node->text);
		return -EBADMSG;
	}
	*ret = value;
	return 0;
}

int kb_scalar_unknown(struct kb_reader *reader, const struct kb_key *key,
		      const struct kb_node *node, const struct kb_nearest *nearest,
		      const char *known)
{
	if (nearest->best)
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column,
			     "unknown-value", _("'%s' is not known for '%s'; did you mean '%s'?"),
			     node->text, key->name, nearest->best);
	else
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column,
			     "unknown-value", _("'%s' is not known for '%s'; known: %s"),
			     node->text, key->name, known);
	return -EBADMSG;
}

void kb_scalar_list(char *list, size_t size, const char *word)
{
	size_t used = strlen(list);

	snprintf(list + used, size - used, "%s%s", used ? ", " : "", word);
}

static int read_word(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node, int *ret)
{
	struct kb_nearest nearest = { 0 };
	const struct kb_word *word;
	char known[200] = "";

	for (word = key->words; word->name; word++) {
		if (!strcmp(word->name, node->text))
			break;
		if (word->reserved)
			continue;
		kb_nearest_offer(&nearest, node->text, word->name);
		kb_scalar_list(known, sizeof(known), word->name);
	}
	if (!word->name)
		return kb_scalar_unknown(reader, key, node, &nearest, known);
	if (word->reserved) {
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "reserved",
			     _("'%s: %s' is not yet supported by this version"), key->name,
			     word->name);
		return -EBADMSG;
	}
	*ret = word->value;
	return 0;
}

static int read_bool(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node, bool *ret)
{
	static const struct {
		const char *other, *word;
	} habits[] = { { "yes", "true" }, { "on", "true" },   { "1", "true" },
		       { "no", "false" }, { "off", "false" }, { "0", "false" } };
	struct kb_nearest nearest = { 0 };
	size_t i;

	if (!strcmp(node->text, "true") || !strcmp(node->text, "false")) {
		*ret = node->text[0] == 't';
		return 0;
	}
	kb_nearest_offer(&nearest, node->text, "true");
	kb_nearest_offer(&nearest, node->text, "false");
	for (i = 0; i < ARRAY_SIZE(habits); i++)
		if (!strcasecmp(node->text, habits[i].other))
			nearest.best = habits[i].word;
	return kb_scalar_unknown(reader, key, node, &nearest, "true, false");
}

static int read_class(struct kb_reader *reader, const struct kb_key *key,
		      const struct kb_node *node, uint32_t *ret)
{
	struct kb_nearest nearest = { 0 };
	char known[400] = "";
	int class = kb_class_by_name(node->text);

	if (class >= 0) {
		*ret = KB_CLASS_BIT(class);
		return 0;
	}
	for (class = 0; class < KB_CLASS_MAX; class++) {
		kb_nearest_offer(&nearest, node->text, kb_class_name(class));
		kb_scalar_list(known, sizeof(known), kb_class_name(class));
	}
	return kb_scalar_unknown(reader, key, node, &nearest, known);
}

static int read_port(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node, const char **ret)
{
	int r = read_string(reader, key, node, ret);

	if (r < 0)
		return r;
	return kb_port_valid(node->text) ? 0 : kb_scalar_bad(reader, key, node);
}

int kb_scalar_read(struct kb_reader *reader, const struct kb_key *key, const struct kb_node *node,
		   void *ret)
{
	int r;

	switch (key->type) {
	case KB_TYPE_STRING:
	case KB_TYPE_NAME:
		return read_string(reader, key, node, ret);
	case KB_TYPE_UINT:
		return read_uint(reader, key, node, ret);
	case KB_TYPE_BOOL:
		return read_bool(reader, key, node, ret);
	case KB_TYPE_WORD:
		return read_word(reader, key, node, ret);
	case KB_TYPE_CLASS:
		return read_class(reader, key, node, ret);
	case KB_TYPE_PORT:
		return read_port(reader, key, node, ret);
	case KB_TYPE_DATE_FROM:
	case KB_TYPE_DATE_UNTIL:
		r = kb_scalar_date(node->text, key->type == KB_TYPE_DATE_UNTIL, ret);
		break;
	case KB_TYPE_USB:
		r = kb_scalar_usb(node->text, ret);
		break;
	case KB_TYPE_TRIPLE:
		r = kb_scalar_triple(node->text, ret);
		break;
	case KB_TYPE_INTERFACE:
		r = kb_device_interface_parse(node->text, ret);
		break;
	default:
		return kb_scalar_read_net(reader, key, node, ret);
	}
	return r < 0 ? kb_scalar_bad(reader, key, node) : 0;
}
