/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes JSON to a stream: commas, indentation and escapes are its business. */
#ifndef AGENT_JSON_H
#define AGENT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define KB_JSON_DEPTH_MAX	32

/* Zero-initialise, set .out. Deeper nesting than KB_JSON_DEPTH_MAX is a programming error. */
struct kb_json {
	FILE *out;
	bool lines;			/* each outermost value on one line, for streams */
	unsigned int depth;
	bool filled[KB_JSON_DEPTH_MAX + 1];	/* something stands at that level already */
};

/*
 * @key names the member inside an object and is NULL inside an array and at
 * the top. After the outermost value a newline is written.
 */
void kb_json_open(struct kb_json *json, const char *key, char bracket);	/* '{' or '[' */
void kb_json_close(struct kb_json *json, char bracket);			/* '}' or ']' */
/* NULL text is written as null. Bytes that are not UTF-8 become U+FFFD. */
void kb_json_text(struct kb_json *json, const char *key, const char *text);
void kb_json_uint(struct kb_json *json, const char *key, uint64_t value);
void kb_json_int(struct kb_json *json, const char *key, int64_t value);
void kb_json_bool(struct kb_json *json, const char *key, bool value);
void kb_json_null(struct kb_json *json, const char *key);

#endif
