/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy language as one table: reader, JSON Schema and manual page obey it. */
#ifndef KIDOBAN_POLICY_SCHEMA_H
#define KIDOBAN_POLICY_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kb_node;

enum kb_type {
	KB_TYPE_MAP,			/* .keys; read into the same target */
	KB_TYPE_MAPS,			/* list of mappings: .keys, .element_size, .prepare */
	KB_TYPE_NAMED,			/* mapping of free names to values, .keys says of what kind: else like MAPS */
	KB_TYPE_CHOICE,			/* one of .keys, by the form of the node: scalar, list, mapping */
	KB_TYPE_COUNTS,			/* mapping of class names to ranges: struct kb_usb_count */
	KB_TYPE_RESERVED,		/* known, not yet supported; with .text: never, for that reason */
	/* Below: scalars; policy/scalar.c turns each into its C type. */
	KB_TYPE_STRING,			/* const char *; .min, .max bytes */
	KB_TYPE_NAME,			/* the like, of letters, digits, . _ - */
	KB_TYPE_UINT,			/* uint32_t; .min, .max */
	KB_TYPE_BOOL,			/* bool */
	KB_TYPE_WORD,			/* enum (int): .words */
	KB_TYPE_DATE_FROM,		/* uint64_t, UTC seconds: a date means its first second */
	KB_TYPE_DATE_UNTIL,		/* the like: a date means its end (Japan time) */
	KB_TYPE_USB,			/* struct kb_usb_id */
	KB_TYPE_PORT,			/* const char * */
	KB_TYPE_CLASS,			/* uint32_t: one class bit */
	KB_TYPE_TRIPLE,			/* struct kb_usb_triple */
	KB_TYPE_INTERFACE,		/* struct kb_device_interface, in tables of expectations */
	/* Of links and paths: policy/scalar_net.c. Words that another pass resolves are struct kb_ref. */
	KB_TYPE_REF,			/* struct kb_ref; .min, .max bytes */
	KB_TYPE_PREFIX,			/* struct kb_prefix_ref */
	KB_TYPE_DESTINATION,		/* struct kb_ref: network name, address or prefix */
	KB_TYPE_SERVICE,		/* struct kb_ref: preset or protocol and ports */
	KB_TYPE_HOURS,			/* struct kb_ref */
	KB_TYPE_IDS,			/* struct kb_id_range */
	KB_TYPE_MAC,			/* u8[6] */
	KB_TYPE_MAC_MASK,		/* struct kb_link_mac */
	KB_TYPE_IFNAME,			/* const char * */
	KB_TYPE_CGROUP,			/* const char * */
	KB_TYPE_ADDRESS,		/* const char *, in tables of expectations */
	KB_TYPE_MOMENT,			/* const char *, the like */
	/* Of Wi-Fi and places: policy/scalar_wifi.c. */
	KB_TYPE_SSID,			/* struct kb_ssid, of a text */
	KB_TYPE_SSID_HEX,		/* the like, of hexadecimal digits */
	KB_TYPE_SHA256,			/* struct kb_bytes32, of hexadecimal digits */
	KB_TYPE_PUBLIC_KEY,		/* struct kb_bytes32, of Base64 or hexadecimal digits */
	KB_TYPE_FILE,			/* const char * */
	KB_TYPE_FILE_OR_TOKEN,		/* const char * */
	KB_TYPE_SERVER,			/* const char * */
	KB_TYPE_PACE,			/* uint32_t seconds; .min, .max, or 0 for never */
	KB_TYPE_SIGNAL,			/* uint32_t, -dBm */
	KB_TYPE_DEGREES,		/* int32_t, 1e-7 degrees; .max degrees either way */
	KB_TYPE_SWITCH_PORT,		/* const char * */
	KB_TYPE_MAX
};

#define KB_SIGNAL_WEAKEST	120	/* -dBm: below the noise of any receiver; KB_TYPE_SIGNAL */

#define KB_KEY_NEEDED		1u
#define KB_KEY_LIST		2u	/* one value or a list: array at .offset, uint8_t at .count_offset */
#define KB_KEY_MASK		4u	/* with LIST: values are or-ed into a uint32_t at .offset */
#define KB_KEY_ONE_OF		8u	/* exactly one key so marked stands in the mapping */
#define KB_KEY_DROP		16u	/* checked, not stored */
#define KB_KEY_LONG		32u	/* with LIST: up to .max values, uint32_t at .count_offset */

struct kb_word {
	const char *name;		/* NULL ends the table */
	int value;
	bool reserved;			/* known, not yet supported */
	const char *text;		/* what it means; msgid */
};

struct kb_key {
	const char *name;		/* NULL ends the table */
	enum kb_type type;
	unsigned int flags;		/* KB_KEY_* */
	uint32_t min, max;		/* of the value, of bytes, or of elements (MAPS, NAMED, LONG) */
	const struct kb_word *words;
	const struct kb_key *keys;
	size_t offset, count_offset;	/* in the target; MAPS: pointer and uint32_t */
	size_t element_size;
	int value;			/* MAP with ONE_OF: int stored at .offset */
	void (*prepare)(void *element, const struct kb_node *node);
	const char *text;		/* one sentence; msgid */
	const char *example;		/* YAML of the value */
	const char *fallback;		/* what holds when the key is absent; NULL = nothing */
};

/* What a scalar type looks like to people and to JSON Schema. */
struct kb_type_info {
	const char *noun;		/* "date"; msgid */
	const char *json;		/* type name in JSON Schema */
	const char *pattern;		/* regular expression (ECMA 262), NULL = none */
	size_t size;			/* bytes of the C type */
};

/* The root mapping of a policy; the target is struct kb_model. */
extern const struct kb_key kb_schema_policy[];
/* What stands below the root's keys of links and paths; the like, but for lists' elements. */
extern const struct kb_key kb_schema_link[], kb_schema_wireless[], kb_schema_wifi[],
	kb_schema_places[], kb_schema_network[], kb_schema_paths[];
extern const struct kb_type_info kb_type_infos[KB_TYPE_MAX];
extern const struct kb_word kb_words_mode[], kb_words_action[];
extern const struct kb_word kb_words_wifi_mode[], kb_words_place_mode[];
/* Notes the name and place of a struct kb_network_text. */
void kb_schema_prepare_network(void *element, const struct kb_node *node);
/* Notes the place of a struct kb_profile_text, kb_zone_text; what holds when keys are absent and is not zero. */
void kb_schema_prepare_profile(void *element, const struct kb_node *node);
void kb_schema_prepare_zone(void *element, const struct kb_node *node);

#endif
