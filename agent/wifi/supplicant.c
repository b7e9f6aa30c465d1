// SPDX-License-Identifier: GPL-2.0-or-later
/* Whoever manages the wireless interfaces: who is there, and who of them has which. */
#include "agent/wifi/supplicant.h"

#include "agent/wifi/supplicant_backend.h"
#include "policy/i18n.h"

#define QUEUE_MAX	32

struct kb_supplicant_link {
	enum kb_supplicant wanted;
	struct kb_supplicant_places places;
	kb_supplicant_fn fn;
	void *userdata;
	struct kb_supplicant_listener queue_to;
	struct kb_bus *bus;
	struct kb_wpa *wpa;
	struct kb_iwd *iwd;
	struct kb_nm *nm;
	enum kb_supplicant last;	/* who vouched last; NONE = nobody yet */
	/* Told from the loop, so that whoever hears may ask, and close, as it likes. */
	sd_event_source *teller;
	unsigned int n_queued;
	struct kb_supplicant_notice queue[QUEUE_MAX];
};

/* In this order they are asked. */
static const enum kb_supplicant order[] = {
	KB_SUPPLICANT_NETWORKMANAGER,
	KB_SUPPLICANT_IWD,
	KB_SUPPLICANT_WPA,
};

struct backend {
	const struct kb_supplicant_ops *ops;
	void *self;			/* NULL: not wanted */
};

static struct backend backend_of(const struct kb_supplicant_link *link, enum kb_supplicant kind)
{
	switch (kind) {
	case KB_SUPPLICANT_NETWORKMANAGER:
		return (struct backend){ &kb_nm_ops, link->nm };
	case KB_SUPPLICANT_IWD:
		return (struct backend){ &kb_iwd_ops, link->iwd };
	case KB_SUPPLICANT_WPA:
		return (struct backend){ &kb_wpa_ops, link->wpa };
	default:
		return (struct backend){};
	}
}

static bool is_wanted(const struct kb_supplicant_link *link, enum kb_supplicant kind)
{
	return link->wanted == KB_SUPPLICANT_AUTO || link->wanted == kind;
}

static bool is_there(const struct kb_supplicant_link *link, enum kb_supplicant kind)
{
	struct backend backend = backend_of(link, kind);

	return is_wanted(link, kind) && backend.self && backend.ops->there(backend.self);
}

static int tell_queued(sd_event_source *source, void *userdata)
{
	struct kb_supplicant_link *link = userdata;
	struct kb_supplicant_notice notice = link->queue[0];

	link->n_queued--;
	memmove(link->queue, link->queue + 1, link->n_queued * sizeof(link->queue[0]));
	if (link->n_queued)
		sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	/* the last thing here: it may close the link */
	link->fn(&notice, link->userdata);
	return 0;
}

static void enqueue(const struct kb_supplicant_notice *notice, void *userdata)
{
	struct kb_supplicant_link *link = userdata;
	struct kb_supplicant_notice *at = &link->queue[link->n_queued];
	unsigned int i;

	/* a step of a handshake is as good as the next one, which will be looked at anyway */
	for (i = 0; notice->event == KB_SUPPLICANT_CHANGED && i < link->n_queued; i++)
		if (link->queue[i].event == notice->event && !strcmp(link->queue[i].ifname, notice->ifname))
			return;
	/* the flood that fills it is answered by proving everything anew */
	if (link->n_queued == QUEUE_MAX) {
		link->queue[QUEUE_MAX - 1] =
			(struct kb_supplicant_notice){ .event = KB_SUPPLICANT_CHANGED };
		return;
	}
	*at = *notice;
	link->n_queued++;
	sd_event_source_set_enabled(link->teller, SD_EVENT_ONESHOT);
}

void kb_supplicant_tell(const struct kb_supplicant_listener *to, enum kb_supplicant_event event,
			const char *ifname, const u8 bssid[6], const char *detail)
{
	struct kb_supplicant_notice notice = { .event = event };

	snprintf(notice.ifname, sizeof(notice.ifname), "%s", ifname);
	snprintf(notice.detail, sizeof(notice.detail), "%s", detail);
	if (bssid)
		memcpy(notice.bssid, bssid, sizeof(notice.bssid));
	to->fn(&notice, to->userdata);
}

/* wpa_supplicant on the bus counts only as what NetworkManager uses: it has its sockets. */
static void on_peer(enum kb_bus_peer peer, bool there, void *userdata)
{
	static const enum kb_supplicant kinds[KB_BUS_PEER_MAX] = {
		[KB_BUS_NETWORKMANAGER] = KB_SUPPLICANT_NETWORKMANAGER,
		[KB_BUS_IWD] = KB_SUPPLICANT_IWD,
	};
	struct kb_supplicant_link *link = userdata;

	if (peer == KB_BUS_SYSTEMD)
		return;
	if (peer == KB_BUS_WPA) {
		if (is_wanted(link, KB_SUPPLICANT_NETWORKMANAGER))
			kb_supplicant_tell(&link->queue_to, KB_SUPPLICANT_CHANGED, "", NULL, "");
		return;
	}
	if (is_wanted(link, kinds[peer]))
		kb_supplicant_tell(&link->queue_to, there ? KB_SUPPLICANT_CAME : KB_SUPPLICANT_GONE,
				   "", NULL, kb_bus_name(peer));
}

static int open_bus(struct kb_supplicant_link *link, sd_event *event)
{
	bool nm = is_wanted(link, KB_SUPPLICANT_NETWORKMANAGER);
	int r;

	if (!nm && !is_wanted(link, KB_SUPPLICANT_IWD))
		return 0;
	r = kb_bus_new(event, link->places.bus, on_peer, link, &link->bus);
	if (!r)
		r = kb_iwd_new(&link->places, &link->queue_to, link->bus, &link->iwd);
	if (!r && nm)
		r = kb_nm_new(&link->queue_to, link->bus, link->wpa, link->iwd, &link->nm);
	if (!r)
		kb_bus_settle(link->bus, kb_now_usec() + KB_SUPPLICANT_PATIENCE_USEC);
	return r;
}

static int open_all(struct kb_supplicant_link *link, sd_event *event, struct kb_fault *ret_fault)
{
	int r = sd_event_add_defer(event, &link->teller, tell_queued, link);

	if (r >= 0)
		r = sd_event_source_set_enabled(link->teller, SD_EVENT_OFF);
	if (r < 0)
		return kb_fault(ret_fault, r, "%s", strerror(-r));
	/* below NetworkManager there may be either */
	if (is_wanted(link, KB_SUPPLICANT_WPA) || is_wanted(link, KB_SUPPLICANT_NETWORKMANAGER))
		r = kb_wpa_new(&link->places, &link->queue_to, &link->wpa, ret_fault);
	if (r < 0)
		return r;
	r = open_bus(link, event);
	return r ? kb_fault(ret_fault, r, _("cannot follow the message bus: %s"), strerror(-r)) : 0;
}

int kb_supplicant_open_at(const struct kb_supplicant_places *places, enum kb_supplicant wanted,
			  sd_event *event, kb_supplicant_fn fn, void *userdata,
			  struct kb_supplicant_link **ret, struct kb_fault *ret_fault)
{
	struct kb_supplicant_link *link = calloc(1, sizeof(*link));
	int r;

	if (!link)
		return kb_fault(ret_fault, -ENOMEM, "%s", strerror(ENOMEM));
	*link = (struct kb_supplicant_link){ .wanted = wanted, .fn = fn, .userdata = userdata,
					     .last = KB_SUPPLICANT_NONE };
	link->places = (struct kb_supplicant_places){
		.wpa_dir = places->wpa_dir ?: "/run/wpa_supplicant",
		.client_dir = places->client_dir ?: "/run/kidoban",
		.iwd_dir = places->iwd_dir ?: "/var/lib/iwd",
		.bus = places->bus ?: "/run/dbus/system_bus_socket",
	};
	link->queue_to = (struct kb_supplicant_listener){ event, enqueue, link };
	r = open_all(link, event, ret_fault);
	if (r) {
		kb_supplicant_close(link);
		return r;
	}
	*ret = link;
	return 0;
}

int kb_supplicant_open(enum kb_supplicant wanted, sd_event *event, kb_supplicant_fn fn,
		       void *userdata, struct kb_supplicant_link **ret, struct kb_fault *ret_fault)
{
	return kb_supplicant_open_at(&(struct kb_supplicant_places){}, wanted, event, fn, userdata,
				     ret, ret_fault);
}

void kb_supplicant_close(struct kb_supplicant_link *link)
{
	if (!link)
		return;
	kb_nm_free(link->nm);
	kb_iwd_free(link->iwd);
	kb_wpa_free(link->wpa);
	kb_bus_free(link->bus);
	sd_event_source_disable_unref(link->teller);
	free(link);
}

enum kb_supplicant kb_supplicant_kind(const struct kb_supplicant_link *link)
{
	unsigned int i;

	if (is_there(link, link->last))
		return link->last;
	for (i = 0; i < ARRAY_SIZE(order); i++)
		if (is_there(link, order[i]))
			return order[i];
	return KB_SUPPLICANT_NONE;
}

const char *kb_supplicant_name(enum kb_supplicant kind)
{
	static const char *const names[KB_SUPPLICANT_MAX] = {
		[KB_SUPPLICANT_AUTO] = "auto",
		[KB_SUPPLICANT_NETWORKMANAGER] = "NetworkManager",
		[KB_SUPPLICANT_IWD] = "iwd",
		[KB_SUPPLICANT_WPA] = "wpa_supplicant",
		[KB_SUPPLICANT_NONE] = "none",
	};

	return (unsigned int)kind < KB_SUPPLICANT_MAX ? names[kind] : "none";
}

/* Not there, or not its interface: the next one is asked. */
static bool is_not_his(int r)
{
	return r == -ENODEV || r == -ENOENT;
}

int kb_supplicant_ask(struct kb_supplicant_link *link, const char *ifname,
		      struct kb_supplicant_facts *ret, struct kb_fault *ret_fault)
{
	u64 deadline = kb_now_usec() + KB_SUPPLICANT_PATIENCE_USEC;
	struct kb_supplicant_facts facts = {};
	struct backend backend;
	unsigned int i;
	int r;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (!is_there(link, order[i]))
			continue;
		backend = backend_of(link, order[i]);
		r = backend.ops->ask(backend.self, ifname, deadline, &facts, ret_fault);
		if (!r)
			link->last = order[i];
		/* one that does not answer may be the one: the next cannot vouch in its place */
		if (!is_not_his(r)) {
			if (!r)
				*ret = facts;
			return r;
		}
	}
	*ret = (struct kb_supplicant_facts){};
	return 0;
}

/* What whoever manages an interface is asked to do. */
enum errand {
	ERRAND_LEAVE,
	ERRAND_REJOIN,
	ERRAND_AVOID,			/* an access point */
};

static int run(const struct backend *backend, enum errand errand, const char *ifname,
	       const u8 bssid[6], u64 deadline, struct kb_fault *ret_fault)
{
	switch (errand) {
	case ERRAND_LEAVE:
		return backend->ops->disconnect(backend->self, ifname, deadline, ret_fault);
	case ERRAND_REJOIN:
		return backend->ops->rejoin(backend->self, ifname, deadline, ret_fault);
	case ERRAND_AVOID:
		return backend->ops->avoid(backend->self, ifname, bssid, deadline, ret_fault);
	}
	return -EINVAL;
}

/* The first that manages @ifname answers for it. */
static int send_off(struct kb_supplicant_link *link, enum errand errand, const char *ifname,
		    const u8 bssid[6], struct kb_fault *ret_fault)
{
	u64 deadline = kb_now_usec() + KB_SUPPLICANT_PATIENCE_USEC;
	struct backend backend;
	unsigned int i;
	int r;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (!is_there(link, order[i]))
			continue;
		backend = backend_of(link, order[i]);
		r = run(&backend, errand, ifname, bssid, deadline, ret_fault);
		if (!is_not_his(r))
			return r;
	}
	return kb_fault(ret_fault, -ENODEV, _("nobody manages %s"), ifname);
}

int kb_supplicant_disconnect(struct kb_supplicant_link *link, const char *ifname,
			     struct kb_fault *ret_fault)
{
	return send_off(link, ERRAND_LEAVE, ifname, NULL, ret_fault);
}

int kb_supplicant_rejoin(struct kb_supplicant_link *link, const char *ifname,
			 struct kb_fault *ret_fault)
{
	return send_off(link, ERRAND_REJOIN, ifname, NULL, ret_fault);
}

int kb_supplicant_avoid(struct kb_supplicant_link *link, const char *ifname, const u8 bssid[6],
			struct kb_fault *ret_fault)
{
	return send_off(link, ERRAND_AVOID, ifname, bssid, ret_fault);
}

int kb_supplicant_reload(struct kb_supplicant_link *link, struct kb_fault *ret_fault)
{
	u64 deadline = kb_now_usec() + KB_SUPPLICANT_PATIENCE_USEC;
	int r, first = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		struct backend backend = backend_of(link, order[i]);

		if (!is_there(link, order[i]))
			continue;
		r = backend.ops->reload(backend.self, deadline, ret_fault);
		if (r && !is_not_his(r) && !first)
			first = r;
	}
	return first;
}
