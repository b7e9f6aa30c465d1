// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban policy schema: the language's table as JSON Schema or manual. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <kidoban/usb.h>

#include "agent/cli/manual.h"
#include "agent/cli/policy_verbs.h"
#include "agent/json.h"
#include "policy/schema.h"

static void json_object(struct kb_json *json, const struct kb_key *keys);

static void json_classes(struct kb_json *json)
{
	int class;

	kb_json_open(json, "enum", '[');
	for (class = 0; class < KB_CLASS_MAX; class++)
		kb_json_text(json, NULL, kb_class_name(class));
	kb_json_close(json, ']');
}

/* Words that other readers of YAML take for numbers, 2.4 without quotes: those are let through. */
static void json_number_words(struct kb_json *json, const struct kb_word *word)
{
	char pattern[100] = "^(";

	kb_json_open(json, "type", '[');
	kb_json_text(json, NULL, "string");
	kb_json_text(json, NULL, "number");
	kb_json_close(json, ']');
	for (; word->name; word++) {
		strncat(pattern, word->name, sizeof(pattern) - strlen(pattern) - 1);
		strncat(pattern, word[1].name ? "|" : ")$", sizeof(pattern) - strlen(pattern) - 1);
	}
	kb_json_text(json, "pattern", pattern);
}

static void json_words(struct kb_json *json, const struct kb_word *word)
{
	if (isdigit((unsigned char)*word->name)) {
		json_number_words(json, word);
		return;
	}
	kb_json_text(json, "type", "string");
	kb_json_open(json, "enum", '[');
	for (; word->name; word++)
		if (!word->reserved)
			kb_json_text(json, NULL, word->name);
	kb_json_close(json, ']');
}

/* Seconds, 0 or the word. */
static void json_pace(struct kb_json *json, const struct kb_key *key)
{
	kb_json_open(json, "anyOf", '[');
	kb_json_open(json, NULL, '{');
	kb_json_text(json, "type", "integer");
	kb_json_uint(json, "minimum", key->min);
	kb_json_uint(json, "maximum", key->max);
	kb_json_close(json, '}');
	kb_json_open(json, NULL, '{');
	kb_json_open(json, "enum", '[');
	kb_json_uint(json, NULL, 0);
	kb_json_text(json, NULL, "never");
	kb_json_close(json, ']');
	kb_json_close(json, '}');
	kb_json_close(json, ']');
}

/*
 * YAML readers turn 131016 or 2027-03-31 into numbers and dates before a
 * schema sees them, so names and texts may be numbers, too.
 */
static void json_string_type(struct kb_json *json, enum kb_type type)
{
	if (type != KB_TYPE_STRING && type != KB_TYPE_NAME && type != KB_TYPE_REF &&
	    type != KB_TYPE_IDS && type != KB_TYPE_SSID && type != KB_TYPE_SSID_HEX) {
		kb_json_text(json, "type", "string");
		return;
	}
	kb_json_open(json, "type", '[');
	kb_json_text(json, NULL, "string");
	kb_json_text(json, NULL, "integer");
	kb_json_close(json, ']');
}

static void json_scalar(struct kb_json *json, const struct kb_key *key)
{
	const struct kb_type_info *info = &kb_type_infos[key->type];

	if (key->type == KB_TYPE_PACE) {
		json_pace(json, key);
		return;
	}
	if (key->type == KB_TYPE_WORD) {
		json_words(json, key->words);
		return;
	}
	if (!strcmp(info->json, "string"))
		json_string_type(json, key->type);
	else
		kb_json_text(json, "type", info->json);
	if (info->pattern)
		kb_json_text(json, "pattern", info->pattern);
	if (key->type == KB_TYPE_UINT) {
		kb_json_uint(json, "minimum", key->min);
		kb_json_uint(json, "maximum", key->max);
	} else if (key->max && !(key->flags & KB_KEY_LONG) && !strcmp(info->json, "string")) {
		kb_json_uint(json, "minLength", key->min);
		kb_json_uint(json, "maxLength", key->max);
	}
	if (key->type == KB_TYPE_CLASS)
		json_classes(json);
}

static void json_list(struct kb_json *json, const struct kb_key *key)
{
	kb_json_open(json, "oneOf", '[');
	kb_json_open(json, NULL, '{');
	json_scalar(json, key);
	kb_json_close(json, '}');
	kb_json_open(json, NULL, '{');
	kb_json_text(json, "type", "array");
	kb_json_uint(json, "minItems", 1);
	kb_json_uint(json, "maxItems", key->flags & KB_KEY_LONG ? key->max : KB_RULE_LIST_MAX);
	kb_json_open(json, "items", '{');
	json_scalar(json, key);
	kb_json_close(json, '}');
	kb_json_close(json, '}');
	kb_json_close(json, ']');
}

static void json_counts(struct kb_json *json)
{
	int class;

	kb_json_text(json, "type", "object");
	kb_json_open(json, "propertyNames", '{');
	kb_json_open(json, "enum", '[');
	kb_json_text(json, NULL, "interfaces");
	for (class = 0; class < KB_CLASS_MAX; class++)
		kb_json_text(json, NULL, kb_class_name(class));
	kb_json_close(json, ']');
	kb_json_close(json, '}');
	kb_json_open(json, "additionalProperties", '{');
	kb_json_open(json, "type", '[');
	kb_json_text(json, NULL, "string");
	kb_json_text(json, NULL, "integer");
	kb_json_close(json, ']');
	kb_json_text(json, "pattern", "^[0-9]{1,3}(-([0-9]{1,3})?)?$");
	kb_json_close(json, '}');
	kb_json_uint(json, "minProperties", 1);
}

static void json_value(struct kb_json *json, const struct kb_key *key);

static void json_maps(struct kb_json *json, const struct kb_key *key)
{
	kb_json_text(json, "type", "array");
	kb_json_uint(json, "maxItems", key->max);
	kb_json_open(json, "items", '{');
	json_object(json, key->keys);
	kb_json_close(json, '}');
}

/* The names are the writer's. */
static void json_named(struct kb_json *json, const struct kb_key *key)
{
	kb_json_text(json, "type", "object");
	kb_json_uint(json, "maxProperties", key->max);
	kb_json_open(json, "additionalProperties", '{');
	json_value(json, key->keys);
	kb_json_close(json, '}');
}

static void json_alternatives(struct kb_json *json, const struct kb_key *key)
{
	const struct kb_key *alternative;

	kb_json_open(json, "oneOf", '[');
	for (alternative = key->keys; alternative->name; alternative++) {
		kb_json_open(json, NULL, '{');
		json_value(json, alternative);
		kb_json_close(json, '}');
	}
	kb_json_close(json, ']');
}

static void json_value(struct kb_json *json, const struct kb_key *key)
{
	kb_json_text(json, "description", _(key->text));
	if (key->type == KB_TYPE_MAP) {
		json_object(json, key->keys);
	} else if (key->type == KB_TYPE_MAPS) {
		json_maps(json, key);
	} else if (key->type == KB_TYPE_NAMED) {
		json_named(json, key);
	} else if (key->type == KB_TYPE_CHOICE) {
		json_alternatives(json, key);
	} else if (key->type == KB_TYPE_COUNTS) {
		json_counts(json);
	} else if (key->flags & KB_KEY_LIST) {
		json_list(json, key);
	} else {
		json_scalar(json, key);
	}
}

static void json_key(struct kb_json *json, const struct kb_key *key)
{
	kb_json_open(json, key->name, '{');
	json_value(json, key);
	kb_json_close(json, '}');
}

/* One of the keys marked so, and not another. */
static void json_choice(struct kb_json *json, const struct kb_key *keys)
{
	const struct kb_key *key;
	bool any = false;

	for (key = keys; key->name; key++)
		any = any || key->flags & KB_KEY_ONE_OF;
	if (!any)
		return;
	kb_json_open(json, "oneOf", '[');
	for (key = keys; key->name; key++) {
		if (!(key->flags & KB_KEY_ONE_OF))
			continue;
		kb_json_open(json, NULL, '{');
		kb_json_open(json, "required", '[');
		kb_json_text(json, NULL, key->name);
		kb_json_close(json, ']');
		kb_json_close(json, '}');
	}
	kb_json_close(json, ']');
}

static void json_object(struct kb_json *json, const struct kb_key *keys)
{
	const struct kb_key *key;

	kb_json_text(json, "type", "object");
	kb_json_bool(json, "additionalProperties", false);
	kb_json_open(json, "required", '[');
	for (key = keys; key->name; key++)
		if (key->flags & KB_KEY_NEEDED)
			kb_json_text(json, NULL, key->name);
	kb_json_close(json, ']');
	json_choice(json, keys);
	kb_json_open(json, "properties", '{');
	for (key = keys; key->name; key++)
		if (key->type != KB_TYPE_RESERVED)
			json_key(json, key);
	kb_json_close(json, '}');
}

static void json_schema(void)
{
	struct kb_json json = { .out = stdout };

	kb_json_open(&json, NULL, '{');
	kb_json_text(&json, "$schema", "https://json-schema.org/draft/2020-12/schema");
	kb_json_text(&json, "title", "kidoban policy");
	json_object(&json, kb_schema_policy);
	kb_json_close(&json, '}');
}

int kb_policy_schema(int argc, char **argv)
{
	static const struct option longs[] = { { "format", required_argument, NULL, 'f' }, { 0 } };
	const char *format = "json";
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c != 'f')
			return kb_policy_usage("schema");
		format = optarg;
	}
	if (argc != optind)
		return kb_policy_usage("schema");
	if (!strcmp(format, "json"))
		json_schema();
	else if (!strcmp(format, "man"))
		kb_manual_write(kb_schema_policy, KB_MANUAL_ROFF, stdout);
	else if (!strcmp(format, "markdown"))
		kb_manual_write(kb_schema_policy, KB_MANUAL_MARKDOWN, stdout);
	else
		return kb_policy_usage("schema");
	return KB_EXIT_OK;
}
