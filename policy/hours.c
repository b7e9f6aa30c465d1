// SPDX-License-Identifier: GPL-2.0-or-later
/* Hours of access. */
#include "policy/hours.h"

#include <ctype.h>

#define DAY_MINUTES	1440
#define EVERY_DAY	0x7f
#define WORKING_DAYS	0x1f
#define WEEKEND		0x60

/* Longer words first where one begins with the other. */
static const struct {
	const char *word;
	u8 days;
} words[] = {
	{ "月曜日", 1 }, { "火曜日", 2 }, { "水曜日", 4 }, { "木曜日", 8 },
	{ "金曜日", 16 }, { "土曜日", 32 }, { "日曜日", 64 },
	{ "月曜", 1 }, { "火曜", 2 }, { "水曜", 4 }, { "木曜", 8 },
	{ "金曜", 16 }, { "土曜", 32 }, { "日曜", 64 },
	{ "平日", WORKING_DAYS }, { "週末", WEEKEND }, { "毎日", EVERY_DAY },
	{ "月", 1 }, { "火", 2 }, { "水", 4 }, { "木", 8 }, { "金", 16 }, { "土", 32 }, { "日", 64 },
	{ "weekdays", WORKING_DAYS }, { "weekends", WEEKEND }, { "daily", EVERY_DAY },
	{ "mon", 1 }, { "tue", 2 }, { "wed", 4 }, { "thu", 8 }, { "fri", 16 }, { "sat", 32 }, { "sun", 64 },
};

static bool take(const char **text, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*text, word, len))
		return false;
	*text += len;
	return true;
}

static void skip_spaces(const char **text)
{
	while (**text == ' ' || !strncmp(*text, "\u3000", strlen("\u3000")))
		*text += **text == ' ' ? 1 : strlen("\u3000");
}

/* One word for days; 0 when there is none. */
static u8 take_word(const char **text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (take(text, words[i].word))
			return words[i].days;
	return 0;
}

static bool single(u8 days)
{
	return days && !(days & (days - 1));
}

/* From the first to the last of them, over Sunday where need be. */
static u8 day_range(u8 first, u8 last)
{
	u8 days = first;

	while (first != last) {
		first = first == 64 ? 1 : first << 1;
		days |= first;
	}
	return days;
}

/* "平日", "月水金", "月-金", "mon wed", "土・日"; 0 in *ret_days when there are none. */
static bool take_days(const char **text, u8 *ret_days)
{
	u8 days = 0, first, last;

	for (;;) {
		skip_spaces(text);
		first = take_word(text);
		if (!first)
			break;
		if (take(text, "-") || take(text, "\u301c") || take(text, "\uff5e") ||
		    take(text, "~")) {
			last = take_word(text);
			if (!single(first) || !single(last))
				return false;
			first = day_range(first, last);
		}
		days |= first;
		if (!take(text, "・"))
			take(text, "/");
	}
	*ret_days = days;
	return true;
}

/* "08:00", "8:00"; at most 24:00. */
static bool take_clock(const char **text, unsigned int *ret)
{
	const char *c = *text;
	unsigned int hours, minutes;

	if (!isdigit((unsigned char)*c))
		return false;
	hours = *c++ - '0';
	if (isdigit((unsigned char)*c))
		hours = hours * 10 + (*c++ - '0');
	if (*c++ != ':' || !isdigit((unsigned char)c[0]) || !isdigit((unsigned char)c[1]))
		return false;
	minutes = (c[0] - '0') * 10 + (c[1] - '0');
	if (minutes > 59 || hours * 60 + minutes > DAY_MINUTES)
		return false;
	*ret = hours * 60 + minutes;
	*text = c + 2;
	return true;
}

static bool take_time(const char **text, struct kb_span *span)
{
	unsigned int begin = 0, end = DAY_MINUTES;

	if (!isdigit((unsigned char)**text)) {
		span->begin = begin;
		span->end = end;
		return true;
	}
	if (!take_clock(text, &begin))
		return false;
	skip_spaces(text);
	if (!take(text, "-") && !take(text, "\u301c") && !take(text, "\uff5e") && !take(text, "~"))
		return false;
	skip_spaces(text);
	/* The same time twice may mean no time or all day; midnight is 24:00 as an end. */
	if (!take_clock(text, &end) || begin == end || begin == DAY_MINUTES)
		return false;
	span->begin = begin;
	span->end = end ?: DAY_MINUTES;
	return true;
}

int kb_hours_parse(const char *text, struct kb_span *ret, unsigned int max, unsigned int *ret_n)
{
	u8 days, before = EVERY_DAY;
	const char *start;
	unsigned int n = 0;

	for (;;) {
		if (n == max)
			return -E2BIG;
		skip_spaces(&text);
		start = text;
		if (!take_days(&text, &days) || !take_time(&text, &ret[n]) || text == start)
			return -EINVAL;
		if (days)
			before = days;
		ret[n++].days = before;
		skip_spaces(&text);
		if (!*text)
			break;
		if (!take(&text, ",") && !take(&text, "、"))
			return -EINVAL;
	}
	*ret_n = n;
	return 0;
}

bool kb_hours_same(const struct kb_span *a, const struct kb_span *b, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (a[i].days != b[i].days || a[i].begin != b[i].begin || a[i].end != b[i].end)
			return false;
	return true;
}

static void put_days(u8 days, FILE *out)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	unsigned int day;

	if (days == EVERY_DAY || days == WORKING_DAYS || days == WEEKEND) {
		fputs(days == EVERY_DAY ? "毎日" : days == WORKING_DAYS ? "平日" : "週末", out);
		return;
	}
	for (day = 0; day < ARRAY_SIZE(names); day++)
		if (days >> day & 1)
			fprintf(out, "%s%s", days & ((1u << day) - 1) ? " " : "", names[day]);
}

void kb_hours_text(const struct kb_span *spans, unsigned int n, char *ret, size_t size)
{
	FILE *out = fmemopen(ret, size, "w");
	unsigned int i;

	ret[0] = '\0';
	if (!out)
		return;
	for (i = 0; i < n; i++) {
		fputs(i ? ", " : "", out);
		put_days(spans[i].days, out);
		if (spans[i].begin || spans[i].end != DAY_MINUTES)
			fprintf(out, " %02d:%02d-%02d:%02d", spans[i].begin / 60,
				spans[i].begin % 60, spans[i].end / 60, spans[i].end % 60);
	}
	fclose(out);
	ret[size - 1] = '\0';
}
