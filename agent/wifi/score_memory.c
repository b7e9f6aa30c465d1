// SPDX-License-Identifier: GPL-2.0-or-later
/* What score.c remembers of access points: a bounded table of sightings. */
#include "agent/wifi/score_memory.h"

#define ODD_SIGHTINGS	3
#define ODD_SURVEYS	2
#define FNV_OFFSET	0xcbf29ce484222325ull
#define FNV_PRIME	0x100000001b3ull

struct kb_score_memory *kb_score_memory_new(void)
{
	struct kb_score_memory *memory = calloc(1, sizeof(*memory));

	if (!memory)
		return NULL;
	memset(memory->heads, 0xff, sizeof(memory->heads));
	memory->newest = memory->oldest = memory->free = KB_SIGHTING_NONE;
	return memory;
}

void kb_score_memory_free(struct kb_score_memory *memory)
{
	free(memory);
}

static bool is_old(u64 usec, u64 now_usec)
{
	return now_usec > usec && now_usec - usec > KB_SCORE_HOUR_USEC;
}

static u16 *head_of(struct kb_score_memory *memory, const u8 bssid[6], const u8 *ssid, u8 ssid_len)
{
	u64 hash = FNV_OFFSET;
	u8 i;

	for (i = 0; i < 6; i++)
		hash = (hash ^ bssid[i]) * FNV_PRIME;
	for (i = 0; i < ssid_len; i++)
		hash = (hash ^ ssid[i]) * FNV_PRIME;
	return &memory->heads[(hash ^ hash >> 32) % KB_SIGHTINGS_MAX];
}

static void unlink_age(struct kb_score_memory *memory, const struct kb_sighting *s)
{
	if (s->newer != KB_SIGHTING_NONE)
		memory->sightings[s->newer].older = s->older;
	else
		memory->newest = s->older;
	if (s->older != KB_SIGHTING_NONE)
		memory->sightings[s->older].newer = s->newer;
	else
		memory->oldest = s->newer;
}

static void make_newest(struct kb_score_memory *memory, u16 place)
{
	struct kb_sighting *s = &memory->sightings[place];

	s->newer = KB_SIGHTING_NONE;
	s->older = memory->newest;
	if (memory->newest != KB_SIGHTING_NONE)
		memory->sightings[memory->newest].newer = place;
	else
		memory->oldest = place;
	memory->newest = place;
}

static void forget_oldest(struct kb_score_memory *memory)
{
	u16 place = memory->oldest, *link;
	struct kb_sighting *s = &memory->sightings[place];

	link = head_of(memory, s->bssid, s->ssid, s->ssid_len);
	while (*link != place)
		link = &memory->sightings[*link].next;
	*link = s->next;
	unlink_age(memory, s);
	s->next = memory->free;
	memory->free = place;
	memory->n--;
}

void kb_sightings_begin(struct kb_score_memory *memory, u64 now_usec)
{
	memory->survey++;
	while (memory->n && is_old(memory->sightings[memory->oldest].usec, now_usec))
		forget_oldest(memory);
}

static u16 take_place(struct kb_score_memory *memory)
{
	u16 place;

	if (memory->free == KB_SIGHTING_NONE && memory->n == KB_SIGHTINGS_MAX)
		forget_oldest(memory);
	place = memory->free;
	if (place == KB_SIGHTING_NONE)
		return memory->n++;	/* never used so far: those are behind the others */
	memory->free = memory->sightings[place].next;
	memory->n++;
	return place;
}

static struct kb_sighting *find(struct kb_score_memory *memory, u16 place, const struct kb_bss *bss)
{
	struct kb_sighting *s;

	for (; place != KB_SIGHTING_NONE; place = s->next) {
		s = &memory->sightings[place];
		if (!memcmp(s->bssid, bss->bssid, 6) && s->ssid_len == bss->ssid_len &&
		    !memcmp(s->ssid, bss->ssid, s->ssid_len))
			return s;
	}
	return NULL;
}

static struct kb_sighting *add(struct kb_score_memory *memory, const struct kb_bss *bss)
{
	u16 place = take_place(memory), *head;
	struct kb_sighting *s = &memory->sightings[place];

	memset(s, 0, sizeof(*s));
	memcpy(s->bssid, bss->bssid, 6);
	s->ssid_len = bss->ssid_len;
	memcpy(s->ssid, bss->ssid, s->ssid_len);
	/* only now: taking a place may have forgotten one of the same hash */
	head = head_of(memory, s->bssid, s->ssid, s->ssid_len);
	s->next = *head;
	*head = place;
	make_newest(memory, place);
	return s;
}

struct kb_sighting *kb_sighting_of(struct kb_score_memory *memory, const struct kb_bss *bss,
				   u64 now_usec)
{
	u16 head = *head_of(memory, bss->bssid, bss->ssid, bss->ssid_len);
	struct kb_sighting *s = find(memory, head, bss);

	if (s) {
		unlink_age(memory, s);
		make_newest(memory, (u16)(s - memory->sightings));
	} else {
		s = add(memory, bss);
	}
	if (s->survey != memory->survey) {
		s->survey = memory->survey;
		s->heard_before = s->heard_max;
		s->signals_before = s->signals;
		s->signals = 0;
	}
	s->usec = now_usec;
	return s;
}

void kb_oddity_add(struct kb_oddity *odd, u32 survey, u64 now_usec)
{
	if (odd->sightings && is_old(odd->usec, now_usec))
		memset(odd, 0, sizeof(*odd));
	if (odd->surveys < 255 && (!odd->sightings || odd->survey != survey))
		odd->surveys++;
	if (odd->sightings < 255)
		odd->sightings++;
	odd->survey = survey;
	odd->usec = now_usec;
}

bool kb_oddity_counts(const struct kb_oddity *odd, u64 now_usec)
{
	return odd->sightings >= ODD_SIGHTINGS && odd->surveys >= ODD_SURVEYS &&
	       !is_old(odd->usec, now_usec);
}

void kb_mark_set(struct kb_score_memory *memory, enum kb_mark_kind kind, const u8 bssid[6],
		 u64 now_usec)
{
	struct kb_mark *marks = memory->marks[kind], *oldest = marks;
	size_t i;

	for (i = 0; i < KB_MARKS_MAX; i++) {
		if (marks[i].usec && !memcmp(marks[i].bssid, bssid, 6)) {
			oldest = &marks[i];
			break;
		}
		if (marks[i].usec < oldest->usec)
			oldest = &marks[i];
	}
	memcpy(oldest->bssid, bssid, 6);
	oldest->usec = now_usec ?: 1;
}

bool kb_mark_has(const struct kb_score_memory *memory, enum kb_mark_kind kind, const u8 bssid[6],
		 u64 now_usec)
{
	const struct kb_mark *marks = memory->marks[kind];
	size_t i;

	for (i = 0; i < KB_MARKS_MAX; i++)
		if (marks[i].usec && !memcmp(marks[i].bssid, bssid, 6) &&
		    !is_old(marks[i].usec, now_usec))
			return true;
	return false;
}
