// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes JSON to a stream. */
#include "agent/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "policy/utf8.h"

static void write_text(FILE *out, const char *text)
{
	size_t left = strlen(text), step;

	fputc('"', out);
	for (; left; text += step, left -= step) {
		step = kb_utf8_char(text, left);
		if (!step) {
			step = 1;
			fputs("\\ufffd", out);
		} else if (*text == '"' || *text == '\\') {
			fprintf(out, "\\%c", *text);
		} else if (*text == '\n') {
			fputs("\\n", out);
		} else if (step < 4 && kb_utf8_hidden(text, step)) {
			fprintf(out, "\\u%04x", kb_utf8_point(text, step));
		} else {
			fwrite(text, 1, step, out);
		}
	}
	fputc('"', out);
}

static void start_line(struct kb_json *json)
{
	if (!json->lines)
		fprintf(json->out, "\n%*s", 2 * (int)json->depth, "");
}

static void start_value(struct kb_json *json, const char *key)
{
	if (json->depth) {
		if (json->filled[json->depth])
			fputs(json->lines ? ", " : ",", json->out);
		start_line(json);
	}
	json->filled[json->depth] = true;
	if (key) {
		write_text(json->out, key);
		fputs(": ", json->out);
	}
}

static void end_value(struct kb_json *json)
{
	if (!json->depth)
		fputc('\n', json->out);
}

void kb_json_open(struct kb_json *json, const char *key, char bracket)
{
	start_value(json, key);
	assert(json->depth < KB_JSON_DEPTH_MAX);
	json->filled[++json->depth] = false;
	fputc(bracket, json->out);
}

void kb_json_close(struct kb_json *json, char bracket)
{
	bool filled = json->filled[json->depth--];

	if (filled)
		start_line(json);
	fputc(bracket, json->out);
	end_value(json);
}

void kb_json_text(struct kb_json *json, const char *key, const char *text)
{
	start_value(json, key);
	if (text)
		write_text(json->out, text);
	else
		fputs("null", json->out);
	end_value(json);
}

void kb_json_uint(struct kb_json *json, const char *key, uint64_t value)
{
	start_value(json, key);
	fprintf(json->out, "%" PRIu64, value);
	end_value(json);
}

void kb_json_int(struct kb_json *json, const char *key, int64_t value)
{
	start_value(json, key);
	fprintf(json->out, "%" PRId64, value);
	end_value(json);
}

void kb_json_bool(struct kb_json *json, const char *key, bool value)
{
	start_value(json, key);
	fputs(value ? "true" : "false", json->out);
	end_value(json);
}

void kb_json_null(struct kb_json *json, const char *key)
{
	kb_json_text(json, key, NULL);
}
