// SPDX-License-Identifier: GPL-2.0-or-later
/* Learning a place: samples in, a fragment of policy with sensible thresholds out (P1). */
#include "agent/place/learn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/i18n.h"
#include "policy/render.h"

#define SAMPLES_MAX	100000
#define THINGS_MAX	64		/* ports, gateways, devices of each kind */
#define TEXT_MAX	256

struct station {
	u8 bssid[6];
	u8 ssid[KB_SSID_MAX], ssid_len;
	u32 n, size;			/* signals */
	u32 survey;			/* the last it was heard in, from 1 */
	s32 *signals;			/* owned */
};

struct thing {
	char a[TEXT_MAX], b[TEXT_MAX], note[TEXT_MAX];
	u32 n, look;			/* how often; the last look it was seen in */
};

struct things {
	u32 n;
	struct thing list[THINGS_MAX];
};

struct kb_learn {
	u32 surveys, looks;
	u32 n_stations;
	struct station stations[KB_BSS_MAX];
	struct things lldp, gateways, usb;
};

struct kb_learn *kb_learn_new(void)
{
	return calloc(1, sizeof(struct kb_learn));
}

void kb_learn_free(struct kb_learn *learn)
{
	u32 i;

	if (!learn)
		return;
	for (i = 0; i < learn->n_stations; i++)
		free(learn->stations[i].signals);
	free(learn);
}

static struct station *find_station(struct kb_learn *learn, const u8 bssid[6])
{
	struct station *s;
	u32 i;

	for (i = 0; i < learn->n_stations; i++)
		if (!memcmp(learn->stations[i].bssid, bssid, 6))
			return &learn->stations[i];
	if (learn->n_stations == KB_BSS_MAX)
		return NULL;
	s = &learn->stations[learn->n_stations++];
	memcpy(s->bssid, bssid, 6);
	return s;
}

int kb_learn_bss(struct kb_learn *learn, const struct kb_bss *bss)
{
	struct station *s = find_station(learn, bss->bssid);
	s32 *more;
	u32 size;

	if (!s || learn->surveys >= SAMPLES_MAX)
		return -ENOSPC;
	if (s->survey == learn->surveys + 1) {
		if (bss->signal > s->signals[s->n - 1])
			s->signals[s->n - 1] = bss->signal;
		return 0;
	}
	if (s->n == s->size) {
		size = s->size ? 2 * s->size : 16;
		more = reallocarray(s->signals, size, sizeof(*more));
		if (!more)
			return -ENOMEM;
		s->signals = more;
		s->size = size;
	}
	memcpy(s->ssid, bss->ssid, sizeof(s->ssid));
	s->ssid_len = bss->ssid_len;
	s->survey = learn->surveys + 1;
	s->signals[s->n++] = bss->signal;
	return 0;
}

int kb_learn_survey(struct kb_learn *learn)
{
	if (learn->surveys >= SAMPLES_MAX)
		return -ENOSPC;
	learn->surveys++;
	return 0;
}

static int see(struct kb_learn *learn, struct things *things, const char *a, const char *b,
	       const char *note)
{
	struct thing *t;
	u32 i;

	for (i = 0; i < things->n; i++)
		if (!strcmp(things->list[i].a, a) && !strcmp(things->list[i].b, b))
			break;
	if (i == THINGS_MAX)
		return -ENOSPC;
	t = &things->list[i];
	if (i == things->n) {
		things->n++;
		snprintf(t->a, sizeof(t->a), "%s", a);
		snprintf(t->b, sizeof(t->b), "%s", b);
		snprintf(t->note, sizeof(t->note), "%s", note);
	}
	if (t->look != learn->looks + 1)
		t->n++;
	t->look = learn->looks + 1;
	return 0;
}

int kb_learn_lldp(struct kb_learn *learn, const char *chassis, const char *port)
{
	if (strlen(chassis) >= TEXT_MAX || strlen(port) >= TEXT_MAX)
		return -ENOSPC;
	return see(learn, &learn->lldp, chassis, port, "");
}

int kb_learn_gateway(struct kb_learn *learn, const u8 mac[6])
{
	char text[20];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
		 mac[3], mac[4], mac[5]);
	return see(learn, &learn->gateways, text, "", "");
}

int kb_learn_usb(struct kb_learn *learn, u16 vendor, u16 product, const char *serial,
		 const char *model)
{
	char id[16];

	snprintf(id, sizeof(id), "%04x:%04x", vendor, product);
	return see(learn, &learn->usb, id, serial, model);
}

void kb_learn_look(struct kb_learn *learn)
{
	learn->looks++;
}

static bool is_kept(const struct kb_learn *learn, const struct station *s)
{
	return learn->surveys && s->n * 100ull >= (u64)learn->surveys * KB_LEARN_SHARE;
}

/* There all the time: what comes and goes is no mark of a place. */
static bool stays(const struct kb_learn *learn, const struct thing *t)
{
	return learn->looks && t->n >= learn->looks;
}

static int by_value(const void *a, const void *b)
{
	const s32 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Nearest rank: of @n sorted values the one with @percent below it or equal. */
static s32 percentile(s32 *values, size_t n, u32 percent)
{
	size_t rank = (n * percent + 99) / 100;

	qsort(values, n, sizeof(*values), by_value);
	return values[rank ? rank - 1 : 0];
}

/* The weak end of all that the kept ones were heard with; 0 without any. */
static u8 floor_signal(const struct kb_learn *learn)
{
	size_t n = 0, at = 0;
	s32 *all, floor;
	u32 i;

	for (i = 0; i < learn->n_stations; i++)
		n += is_kept(learn, &learn->stations[i]) ? learn->stations[i].n : 0;
	all = n ? calloc(n, sizeof(*all)) : NULL;
	if (!all)
		return 0;
	for (i = 0; i < learn->n_stations; i++) {
		const struct station *s = &learn->stations[i];

		if (!is_kept(learn, s))
			continue;
		memcpy(all + at, s->signals, s->n * sizeof(*all));
		at += s->n;
	}
	floor = percentile(all, n, KB_LEARN_PERCENTILE) - KB_LEARN_MARGIN_DB;
	free(all);
	if (floor < -100)
		return 100;
	return floor > -20 ? 20 : (u8)-floor;
}

void kb_learn_result(const struct kb_learn *learn, struct kb_learned *ret)
{
	u32 i, count;

	*ret = (struct kb_learned){ .surveys = learn->surveys, .heard = learn->n_stations,
				    .ports = learn->lldp.n, .gateways = learn->gateways.n };
	for (i = 0; i < learn->n_stations; i++)
		ret->kept += is_kept(learn, &learn->stations[i]);
	for (i = 0; i < learn->usb.n; i++)
		ret->docks += stays(learn, &learn->usb.list[i]);
	if (ret->kept > KB_BSSIDS_MAX)
		ret->kept = KB_BSSIDS_MAX;
	count = (ret->kept * KB_LEARN_COUNT_SHARE + 99) / 100;
	if (count < KB_LEARN_COUNT_MIN)
		count = KB_LEARN_COUNT_MIN;
	if (count > ret->kept)
		count = ret->kept;
	ret->count = (u8)count;
	ret->signal = floor_signal(learn);
	ret->enough = ret->kept >= KB_LEARN_COUNT_MIN || ret->ports || ret->docks;
}

static void write_ssid(const struct station *s, FILE *out)
{
	u32 i;

	fputc('"', out);
	for (i = 0; i < s->ssid_len; i++) {
		if (s->ssid[i] < 0x20 || s->ssid[i] >= 0x7f || s->ssid[i] == '"')
			fprintf(out, "\\x%02x", s->ssid[i]);
		else
			fputc(s->ssid[i], out);
	}
	fputc('"', out);
}

static int write_station(const struct kb_learn *learn, const struct station *s, FILE *out)
{
	s32 *signals = calloc(s->n, sizeof(*signals));

	if (!signals)
		return -ENOMEM;
	memcpy(signals, s->signals, s->n * sizeof(*signals));
	fprintf(out, "            - \"%02x:%02x:%02x:%02x:%02x:%02x\"  # ", s->bssid[0],
		s->bssid[1], s->bssid[2], s->bssid[3], s->bssid[4], s->bssid[5]);
	write_ssid(s, out);
	fprintf(out, " in %u of %u surveys, ", s->n, learn->surveys);
	fprintf(out, "median %d dBm, ", percentile(signals, s->n, 50));
	fprintf(out, "10th percentile %d dBm\n", percentile(signals, s->n, KB_LEARN_PERCENTILE));
	free(signals);
	return 0;
}

static int write_air(const struct kb_learn *learn, const struct kb_learned *l, FILE *out)
{
	u32 i, written = 0;
	int r = 0;

	if (!l->kept)
		return 0;
	fprintf(out,
		"      - ap:\n          count: %u\n          rssi-min: -%u\n          bssid:\n",
		l->count, l->signal);
	for (i = 0; i < learn->n_stations && written < l->kept && !r; i++)
		if (is_kept(learn, &learn->stations[i])) {
			r = write_station(learn, &learn->stations[i], out);
			written++;
		}
	return r;
}

/* A switch with all of its ports that were seen; walking around a room is for that. */
static void write_lldp(const struct kb_learn *learn, FILE *out)
{
	const struct things *t = &learn->lldp;
	u32 i, k;

	for (i = 0; i < t->n; i++) {
		for (k = 0; k < i && strcmp(t->list[k].a, t->list[i].a); k++)
			;
		if (k < i)
			continue;
		fputs("      - lldp:\n          chassis: ", out);
		kb_render_text(t->list[i].a, out);
		fputs("\n          port:\n", out);
		for (k = i; k < t->n; k++)
			if (!strcmp(t->list[k].a, t->list[i].a)) {
				fputs("            - ", out);
				kb_render_text(t->list[k].b, out);
				fputc('\n', out);
			}
	}
}

static void write_usb(const struct kb_learn *learn, FILE *out)
{
	const struct things *t = &learn->usb;
	u32 i;

	for (i = 0; i < t->n; i++) {
		if (!stays(learn, &t->list[i]))
			continue;
		fputs("      # keep it only if it never leaves the room: ", out);
		kb_render_text(t->list[i].note, out);
		fprintf(out, "\n      - dock:\n          usb: \"%s\"\n", t->list[i].a);
		if (t->list[i].b[0]) {
			fputs("          serial: ", out);
			kb_render_text(t->list[i].b, out);
			fputc('\n', out);
		}
	}
}

static void write_gateways(const struct kb_learn *learn, FILE *out)
{
	u32 i;

	if (!learn->gateways.n)
		return;
	fputs("      # weak: anybody can have this address; it counts, but stands for nothing\n"
	      "      - gateway:\n          mac:\n", out);
	for (i = 0; i < learn->gateways.n; i++)
		fprintf(out, "            - \"%s\"\n", learn->gateways.list[i].a);
}

int kb_learn_write(const struct kb_learn *learn, const char *zone, FILE *out)
{
	struct kb_learned l;
	int r;

	kb_learn_result(learn, &l);
	fprintf(out,
		"# learned by kidoban: %u surveys, %u access points heard, %u in at least %u %% of them\n",
		l.surveys, l.heard, l.kept, KB_LEARN_SHARE);
	fprintf(out, "places:\n  - zone: ");
	kb_render_text(zone, out);
	fputs("\n    need: 2\n    evidence:\n"
	      "      # A place needs one cryptographic piece, which cannot be learned. Take one of these:\n"
	      "      # - eap: {profile: A}\n"
	      "      # - beacon: {name: beacon-1, key: \"...\", host: 10.20.0.5}\n", out);
	r = write_air(learn, &l, out);
	write_lldp(learn, out);
	write_usb(learn, out);
	write_gateways(learn, out);
	return r;
}

u32 kb_learn_warn(const struct kb_learn *learn, FILE *out)
{
	struct kb_learned l;
	u32 n = 0;

	kb_learn_result(learn, &l);
	if (l.surveys && l.surveys < KB_LEARN_SAMPLES_MIN)
		n += fprintf(out,
			     _("%u surveys say little; at least %u are wanted, better an hour at different times of the day\n"),
			     l.surveys, KB_LEARN_SAMPLES_MIN) > 0;
	if (l.kept && l.kept < KB_LEARN_COUNT_MIN)
		n += fprintf(out,
			     _("only %u access points are heard all the time: one that fails, or one that is imitated, decides\n"),
			     l.kept) > 0;
	if (l.surveys && !l.kept)
		n += fprintf(out, _("no access point was heard in at least %u %% of the surveys\n"),
			     KB_LEARN_SHARE) > 0;
	if (!l.enough)
		n += fprintf(out,
			     _("nothing physical was found: a place needs access points, a switch that speaks LLDP, or a dock\n")) >
		     0;
	if (l.gateways && !l.enough)
		n += fprintf(out, _("a gateway's address is weak evidence and never enough\n")) > 0;
	n += fprintf(out, _("add a cryptographic piece (eap or beacon) before this is used\n")) > 0;
	return n;
}
