// SPDX-License-Identifier: GPL-2.0-or-later
/* Radio, carrier, supplicant and kernel made of memory. */
#include "warden_fake.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/family.h"
#include "agent/journal.h"
#include "agent/wifi/guard.h"

struct fake_world fake;

struct kb_radio {
	int fd;
};

struct kb_carrier {
	int fd;
};

struct kb_supplicant_link {
	kb_supplicant_fn fn;
	void *userdata;
};

struct kb_family_watch {
	int fd;
};

static struct kb_radio *radio;
static struct kb_carrier *carrier;
static struct kb_supplicant_link *supplicant;
static struct { u32 ifindex; bool operational, there; } link_event[64];
static size_t n_link_events;

void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	n_link_events = 0;
}

void fake_note(const char *fmt, ...)
{
	size_t used = strlen(fake.done);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fake.done + used, sizeof(fake.done) - used, fmt, ap);
	va_end(ap);
}

static void *copy(const void *items, size_t n, size_t size)
{
	void *ret = malloc(n * size + 1);

	memcpy(ret, items, n * size);
	return ret;
}

static void wake(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) != sizeof(one))
		abort();
}

static void drain(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		abort();
}

/* --- In the place of agent/wifi/nl80211.c */

int kb_radio_open(struct kb_radio **ret, struct kb_fault *ret_fault)
{
	if (fake.no_radio)
		return kb_fault(ret_fault, -ENOENT, "no nl80211");
	radio = calloc(1, sizeof(*radio));
	radio->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	*ret = radio;
	return 0;
}

void kb_radio_close(struct kb_radio *r)
{
	if (!r)
		return;
	close(r->fd);
	free(r);
	radio = NULL;
}

int kb_radio_subscribe(struct kb_radio *r, struct kb_fault *ret_fault)
{
	(void)r;
	(void)ret_fault;
	return 0;
}

int kb_radio_fd(const struct kb_radio *r)
{
	return r->fd;
}

int kb_radio_receive(struct kb_radio *r, kb_radio_fn fn, void *userdata)
{
	drain(r->fd);
	while (fake.next_notice < fake.n_notices)
		fn(&fake.notices[fake.next_notice++], userdata);
	return 0;
}

void fake_event(const struct kb_radio_notice *notice)
{
	if (fake.n_notices == FAKE_NOTICES_MAX)
		abort();
	fake.notices[fake.n_notices++] = *notice;
	if (radio)
		wake(radio->fd);
}

int kb_radio_wdevs(struct kb_radio *r, struct kb_wdev **ret, size_t *ret_n,
		   struct kb_fault *ret_fault)
{
	(void)r;
	(void)ret_fault;
	fake.dumps++;
	if (fake.on_wdevs)
		fake.on_wdevs();
	*ret = copy(fake.wdevs, fake.n_wdevs, sizeof(**ret));
	*ret_n = fake.n_wdevs;
	return 0;
}

int kb_radio_station(struct kb_radio *r, u32 ifindex, struct kb_station *ret,
		     struct kb_fault *ret_fault)
{
	(void)r;
	(void)ifindex;
	(void)ret_fault;
	fake.stations++;
	if (fake.on_station)
		fake.on_station();
	if (fake.station_error)
		return fake.station_error;
	*ret = fake.station;
	return 0;
}

int kb_radio_scan_results(struct kb_radio *r, u32 ifindex, struct kb_bss **ret, size_t *ret_n,
			  struct kb_fault *ret_fault)
{
	(void)r;
	(void)ifindex;
	(void)ret_fault;
	*ret = copy(fake.bss, fake.n_bss, sizeof(**ret));
	*ret_n = fake.n_bss;
	return 0;
}

int kb_radio_scan(struct kb_radio *r, u32 ifindex, const u8 *canary, u8 canary_len,
		  struct kb_fault *ret_fault)
{
	(void)r;
	(void)ret_fault;
	fake.scans++;
	fake_note("scan %u %.*s; ", ifindex, canary_len, (const char *)canary);
	return 0;
}

int kb_radio_remove(struct kb_radio *r, const struct kb_wdev *wdev, struct kb_fault *ret_fault)
{
	size_t i, kept = 0;

	(void)r;
	fake_note("remove %llu; ", (unsigned long long)wdev->id);
	if (fake.remove_error)
		return kb_fault(ret_fault, fake.remove_error, "busy");
	for (i = 0; i < fake.n_wdevs; i++)
		if (fake.wdevs[i].id != wdev->id)
			fake.wdevs[kept++] = fake.wdevs[i];
	fake.n_wdevs = kept;
	return 0;
}

int kb_radio_make_station(struct kb_radio *r, const struct kb_wdev *wdev,
			  struct kb_fault *ret_fault)
{
	size_t i;

	(void)r;
	(void)ret_fault;
	fake_note("station %llu; ", (unsigned long long)wdev->id);
	for (i = 0; i < fake.n_wdevs; i++)
		if (fake.wdevs[i].id == wdev->id)
			fake.wdevs[i].iftype = 2;
	return 0;
}

int kb_radio_disconnect(struct kb_radio *r, u32 ifindex, struct kb_fault *ret_fault)
{
	(void)r;
	fake_note("radio-disconnect %u; ", ifindex);
	return fake.radio_disconnect_error
		       ? kb_fault(ret_fault, fake.radio_disconnect_error, "owned")
		       : 0;
}

/* --- In the place of agent/wifi/carrier.c */

int kb_carrier_open(struct kb_carrier **ret, struct kb_fault *ret_fault)
{
	(void)ret_fault;
	carrier = calloc(1, sizeof(*carrier));
	carrier->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	*ret = carrier;
	return 0;
}

void kb_carrier_close(struct kb_carrier *c)
{
	if (!c)
		return;
	close(c->fd);
	free(c);
	carrier = NULL;
}

int kb_carrier_fd(const struct kb_carrier *c)
{
	return c->fd;
}

int kb_carrier_receive(struct kb_carrier *c, kb_carrier_fn fn, void *userdata)
{
	size_t i, n = n_link_events;

	drain(c->fd);
	n_link_events = 0;
	for (i = 0; i < n; i++)
		fn(link_event[i].ifindex, false, link_event[i].operational, userdata);
	return 0;
}

void fake_carrier(u32 ifindex, bool operational)
{
	if (ifindex)
		fake.operational = operational;
	link_event[n_link_events].ifindex = ifindex;
	link_event[n_link_events++].operational = operational;
	if (carrier)
		wake(carrier->fd);
}

int kb_carrier_operational(struct kb_carrier *c, u32 ifindex, bool *ret)
{
	(void)c;
	(void)ifindex;
	*ret = fake.operational;
	return 0;
}

int kb_carrier_switch(struct kb_carrier *c, u32 ifindex, bool up, struct kb_fault *ret_fault)
{
	(void)c;
	fake_note("%s %u; ", up ? "up" : "down", ifindex);
	if (fake.switch_error)
		return kb_fault(ret_fault, fake.switch_error, "cannot switch");
	if (!up)
		fake.station_error = -ENODATA;
	return 0;
}

/* --- In the place of agent/wifi/supplicant.c */

int kb_supplicant_open(enum kb_supplicant wanted, sd_event *event, kb_supplicant_fn fn,
		       void *userdata, struct kb_supplicant_link **ret, struct kb_fault *ret_fault)
{
	(void)event;
	(void)ret_fault;
	supplicant = calloc(1, sizeof(*supplicant));
	*supplicant = (struct kb_supplicant_link){ fn, userdata };
	fake_note("open %d; ", (int)wanted);
	*ret = supplicant;
	return 0;
}

void kb_supplicant_close(struct kb_supplicant_link *link)
{
	free(link);
	supplicant = NULL;
}

int kb_supplicant_ask(struct kb_supplicant_link *link, const char *ifname,
		      struct kb_supplicant_facts *ret, struct kb_fault *ret_fault)
{
	(void)link;
	(void)ifname;
	fake.asks++;
	if (fake.ask_error)
		return kb_fault(ret_fault, fake.ask_error, "silent");
	*ret = fake.facts;
	return 0;
}

int kb_supplicant_disconnect(struct kb_supplicant_link *link, const char *ifname,
			     struct kb_fault *ret_fault)
{
	(void)link;
	fake_note("disconnect %s; ", ifname);
	if (fake.disconnect_error)
		return kb_fault(ret_fault, fake.disconnect_error, "nobody");
	if (fake.obeys)
		fake.station_error = -ENODATA;
	return 0;
}

int kb_supplicant_rejoin(struct kb_supplicant_link *link, const char *ifname,
			 struct kb_fault *ret_fault)
{
	(void)link;
	(void)ret_fault;
	fake_note("rejoin %s; ", ifname);
	return fake.rejoin_error;
}

int kb_supplicant_avoid(struct kb_supplicant_link *link, const char *ifname, const u8 bssid[6],
			struct kb_fault *ret_fault)
{
	(void)link;
	(void)ret_fault;
	fake_note("avoid %s %02x; ", ifname, bssid[5]);
	return 0;
}

void fake_supplicant(enum kb_supplicant_event event, const u8 bssid[6])
{
	struct kb_supplicant_notice notice = { .event = event,
					       .ifname = "wlan0",
					       .detail = "said so" };

	if (bssid)
		memcpy(notice.bssid, bssid, 6);
	if (supplicant)
		supplicant->fn(&notice, supplicant->userdata);
}

/* --- In the place of agent/wifi/guard.c */

static const struct kb_guard_host *guard_host;

int kb_guard_new(const struct kb_guard_host *host, struct kb_guard **ret)
{
	static struct kb_guard_host kept;

	kept = *host;
	guard_host = &kept;
	*ret = NULL;
	return 0;
}

void kb_guard_free(struct kb_guard *guard)
{
	(void)guard;
	guard_host = NULL;
}

void kb_guard_policy(struct kb_guard *guard, const struct kb_agent_policy *policy,
		     struct kb_supplicant_link *link)
{
	(void)guard;
	fake.guarded = policy != NULL;
	/* a link that was closed must not be borrowed */
	if (link != supplicant && policy)
		abort();
}

void kb_guard_supplicant(struct kb_guard *guard)
{
	(void)guard;
	fake_note("guard; ");
}

void fake_provisioned(void)
{
	guard_host->changed(guard_host->userdata);
}

/* --- In the place of agent/netlink_path.c, family.c and journal.c */

int kb_wire_links(struct kb_wire *wire, struct kb_record **ret, size_t *ret_n,
		  struct kb_fault *ret_fault)
{
	(void)wire;
	if (fake.links_error)
		return kb_fault(ret_fault, fake.links_error, "no module");
	*ret = copy(fake.links, fake.n_links, sizeof(**ret));
	*ret_n = fake.n_links;
	return 0;
}

int kb_family_watch_open(const char *family, struct kb_family_watch **ret,
			 struct kb_fault *ret_fault)
{
	struct kb_family_watch *watch = calloc(1, sizeof(*watch));

	(void)family;
	(void)ret_fault;
	watch->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	*ret = watch;
	return 0;
}

void kb_family_watch_close(struct kb_family_watch *watch)
{
	if (!watch)
		return;
	close(watch->fd);
	free(watch);
}

int kb_family_watch_fd(const struct kb_family_watch *watch)
{
	return watch->fd;
}

int kb_family_watch_read(struct kb_family_watch *watch, bool *ret_came, bool *ret_gone)
{
	drain(watch->fd);
	*ret_came = true;
	*ret_gone = false;
	return 0;
}

static void journal(const char *id, const char *fmt, va_list ap)
{
	size_t used = strlen(fake.journal);

	used += (size_t)snprintf(fake.journal + used, sizeof(fake.journal) - used, "%s ", id);
	if (used >= sizeof(fake.journal) - 1)
		return;
	used += (size_t)vsnprintf(fake.journal + used, sizeof(fake.journal) - used, fmt, ap);
	if (used < sizeof(fake.journal) - 1)
		strcat(fake.journal, "\n");
}

void kb_journal(int priority, const char *message_id, const char *fmt, ...)
{
	va_list ap;

	(void)priority;
	va_start(ap, fmt);
	journal(message_id, fmt, ap);
	va_end(ap);
}

void kb_journal_fields(int priority, const char *message_id, const struct kb_journal_field *fields,
		       size_t n, const char *fmt, ...)
{
	va_list ap;

	(void)priority;
	(void)fields;
	(void)n;
	va_start(ap, fmt);
	journal(message_id, fmt, ap);
	va_end(ap);
}
