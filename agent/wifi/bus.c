// SPDX-License-Identifier: GPL-2.0-or-later
/* The message bus, asked without ever waiting beyond a deadline. */
#include "agent/wifi/bus.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/wifi/follow.h"

#define FOLLOWS_MAX	16
#define OWNER_MAX	256		/* longest name on a bus, and its end */
#define DRIVER		"org.freedesktop.DBus"

struct follow {
	struct kb_bus *bus;
	const char *match;		/* the caller's */
	kb_bus_signal_fn fn;
	void *userdata;
};

struct kb_bus {
	sd_event *event;
	const char *path;		/* of the socket; the caller's */
	char *address;
	kb_bus_fn fn;
	void *userdata;
	sd_bus *bus;			/* NULL while there is none */
	struct kb_follow *socket;	/* waits for it to come */
	sd_event_source *again;		/* reopens from the loop, not from the bus's own callback */
	bool known;			/* the names have been listed, and who has them */
	bool there[KB_BUS_PEER_MAX];
	/*
	 * Unique names of those that are there. The library does not compare them with the
	 * sender that a match names, and any user may send us any signal.
	 */
	char owners[KB_BUS_PEER_MAX][OWNER_MAX];
	unsigned int n_asked;		/* owners that were asked for and not told yet */
	struct asked {
		struct kb_bus *bus;
		unsigned int peer;
	} asked[KB_BUS_PEER_MAX];
	unsigned int n_follows;
	struct follow follows[FOLLOWS_MAX];
};

static const char *const names[KB_BUS_PEER_MAX] = {
	[KB_BUS_NETWORKMANAGER] = "org.freedesktop.NetworkManager",
	[KB_BUS_IWD] = "net.connman.iwd",
	[KB_BUS_WPA] = "fi.w1.wpa_supplicant1",
	[KB_BUS_SYSTEMD] = "org.freedesktop.systemd1",
};

u64 kb_now_usec(void)
{
	return kb_clock_usec(CLOCK_MONOTONIC);
}

const char *kb_bus_name(enum kb_bus_peer peer)
{
	return names[peer];
}

bool kb_bus_there(const struct kb_bus *bus, enum kb_bus_peer peer)
{
	return bus->bus && bus->there[peer];
}

static void set_there(struct kb_bus *bus, const char *name, bool there)
{
	unsigned int i;

	for (i = 0; i < KB_BUS_PEER_MAX; i++) {
		if (strcmp(names[i], name) || bus->there[i] == there)
			continue;
		bus->there[i] = there;
		bus->fn((enum kb_bus_peer)i, there, bus->userdata);
	}
}

static void set_owner(struct kb_bus *bus, const char *name, const char *owner)
{
	unsigned int i;

	for (i = 0; i < KB_BUS_PEER_MAX; i++)
		if (!strcmp(names[i], name))
			snprintf(bus->owners[i], sizeof(bus->owners[i]), "%s", owner);
}

static bool is_from(sd_bus_message *m, const char *name)
{
	const char *sender = sd_bus_message_get_sender(m);

	return *name && sender && !strcmp(sender, name);
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	const char *name, *old, *new;
	struct kb_bus *bus = userdata;

	(void)error;
	if (!is_from(m, DRIVER) || sd_bus_message_read(m, "sss", &name, &old, &new) < 0)
		return 0;
	set_owner(bus, name, new);
	/* one that was exchanged for another is asked anew: it knows nothing of what the first said */
	if (*old && *new)
		set_there(bus, name, false);
	set_there(bus, name, *new != '\0');
	return 0;
}

static int on_asked_owner(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct asked *asked = userdata;
	struct kb_bus *bus = asked->bus;
	const char *owner;

	(void)error;
	bus->known = !--bus->n_asked;
	/* one that left meanwhile has left by a signal; it is there when it can be asked and heard */
	if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "s", &owner) > 0) {
		set_owner(bus, names[asked->peer], owner);
		set_there(bus, names[asked->peer], true);
	}
	return 0;
}

static void ask_owner(struct kb_bus *bus, unsigned int peer)
{
	bus->asked[peer] = (struct asked){ bus, peer };
	if (sd_bus_call_method_async(bus->bus, NULL, DRIVER, "/org/freedesktop/DBus", DRIVER,
				     "GetNameOwner", on_asked_owner, &bus->asked[peer], "s",
				     names[peer]) >= 0)
		bus->n_asked++;
}

static int on_names(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct kb_bus *bus = userdata;
	const char *name;
	unsigned int i;

	(void)error;
	bus->n_asked = 0;
	if (!sd_bus_message_is_method_error(m, NULL) &&
	    sd_bus_message_enter_container(m, 'a', "s") > 0)
		while (sd_bus_message_read(m, "s", &name) > 0)
			for (i = 0; i < KB_BUS_PEER_MAX; i++)
				if (!strcmp(names[i], name))
					ask_owner(bus, i);
	bus->known = !bus->n_asked;
	return 0;
}

static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct follow *follow = userdata;
	unsigned int i;

	(void)error;
	for (i = 0; i < KB_BUS_PEER_MAX; i++) {
		if (!is_from(m, follow->bus->owners[i]))
			continue;
		follow->fn(m, follow->userdata);
		break;
	}
	return 0;
}

static void leave(struct kb_bus *bus)
{
	unsigned int i;

	bus->bus = sd_bus_close_unref(bus->bus);
	bus->known = false;
	for (i = 0; i < KB_BUS_PEER_MAX; i++) {
		*bus->owners[i] = '\0';
		set_there(bus, names[i], false);
	}
}

static int enter(struct kb_bus *bus);

static int on_again(sd_event_source *source, void *userdata)
{
	struct kb_bus *bus = userdata;

	(void)source;
	leave(bus);
	enter(bus);
	return 0;
}

static int on_lost(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct kb_bus *bus = userdata;

	(void)m;
	(void)error;
	/* closing it here would pull it from under its own dispatcher */
	sd_event_source_set_enabled(bus->again, SD_EVENT_ONESHOT);
	return 0;
}

static int subscribe(struct kb_bus *bus)
{
	unsigned int i;
	int r;

	r = sd_bus_add_match_async(bus->bus, NULL,
				   "type='signal',sender='org.freedesktop.DBus.Local',"
				   "interface='org.freedesktop.DBus.Local',member='Disconnected'",
				   on_lost, NULL, bus);
	for (i = 0; r >= 0 && i < KB_BUS_PEER_MAX; i++) {
		KB_FREE char *match = NULL;

		if (asprintf(&match, "type='signal',sender='org.freedesktop.DBus',"
			     "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s'",
			     names[i]) < 0)
			return -ENOMEM;
		r = sd_bus_add_match_async(bus->bus, NULL, match, on_owner, NULL, bus);
	}
	for (i = 0; r >= 0 && i < bus->n_follows; i++)
		r = sd_bus_add_match_async(bus->bus, NULL, bus->follows[i].match, on_signal, NULL,
					   &bus->follows[i]);
	/* after the matches, so that nobody comes unheard between the two */
	return r < 0 ? r : sd_bus_call_method_async(bus->bus, NULL, "org.freedesktop.DBus",
						    "/org/freedesktop/DBus", "org.freedesktop.DBus",
						    "ListNames", on_names, bus, "");
}

/* Opens the connection; without a socket it stays away until there is one. */
static int enter(struct kb_bus *bus)
{
	int r;

	r = sd_bus_new(&bus->bus);
	if (r >= 0)
		r = sd_bus_set_address(bus->bus, bus->address);
	if (r >= 0)
		r = sd_bus_set_bus_client(bus->bus, 1);
	if (r >= 0)
		r = sd_bus_start(bus->bus);
	if (r >= 0)
		r = sd_bus_attach_event(bus->bus, bus->event, SD_EVENT_PRIORITY_NORMAL);
	if (r >= 0)
		r = subscribe(bus);
	if (r < 0)
		bus->bus = sd_bus_close_unref(bus->bus);
	return r;
}

static void on_socket(const char *name, void *userdata)
{
	struct kb_bus *bus = userdata;

	(void)name;
	if (!bus->bus || sd_bus_is_open(bus->bus) <= 0) {
		leave(bus);
		enter(bus);
	}
}

int kb_bus_new(sd_event *event, const char *path, kb_bus_fn fn, void *userdata,
	       struct kb_bus **ret)
{
	struct kb_bus *bus = calloc(1, sizeof(*bus));
	int r;

	if (!bus)
		return -ENOMEM;
	*bus = (struct kb_bus){ .event = sd_event_ref(event), .path = path, .fn = fn,
				.userdata = userdata };
	r = asprintf(&bus->address, "unix:path=%s", path) < 0 ? -ENOMEM : 0;
	if (!r)
		r = sd_event_add_defer(event, &bus->again, on_again, bus);
	if (r >= 0)
		r = sd_event_source_set_enabled(bus->again, SD_EVENT_OFF);
	if (r >= 0)
		r = kb_follow_file(event, path, on_socket, bus, &bus->socket);
	if (r < 0) {
		kb_bus_free(bus);
		return r;
	}
	enter(bus);
	*ret = bus;
	return 0;
}

void kb_bus_free(struct kb_bus *bus)
{
	if (!bus)
		return;
	sd_bus_close_unref(bus->bus);
	kb_follow_free(bus->socket);
	sd_event_source_disable_unref(bus->again);
	free(bus->address);
	sd_event_unref(bus->event);
	free(bus);
}

int kb_bus_follow(struct kb_bus *bus, const char *match, kb_bus_signal_fn fn, void *userdata)
{
	struct follow *follow = &bus->follows[bus->n_follows];
	int r;

	if (bus->n_follows == FOLLOWS_MAX)
		return -ENOSPC;
	*follow = (struct follow){ bus, match, fn, userdata };
	bus->n_follows++;
	if (!bus->bus)
		return 0;
	r = sd_bus_add_match_async(bus->bus, NULL, match, on_signal, NULL, follow);
	return r < 0 ? r : 0;
}

/* Lets the bus work until @done or @deadline. Not from within one of its own callbacks. */
static int pump(struct kb_bus *bus, u64 deadline, bool (*done)(const struct kb_bus *bus))
{
	u64 now;
	int r;

	while (bus->bus && !done(bus)) {
		r = sd_bus_process(bus->bus, NULL);
		if (r < 0)
			return r;
		if (r > 0)
			continue;
		now = kb_now_usec();
		if (now >= deadline)
			return -ETIMEDOUT;
		r = sd_bus_wait(bus->bus, deadline - now);
		if (r < 0 && r != -EINTR)
			return r;
	}
	return bus->bus ? 0 : -ENOENT;
}

static bool is_known(const struct kb_bus *bus)
{
	return bus->known;
}

void kb_bus_settle(struct kb_bus *bus, u64 deadline)
{
	pump(bus, deadline, is_known);
}

static int make_call(struct kb_bus *bus, enum kb_bus_peer peer, const char *path,
		     const char *interface, const char *method, const char *types, va_list args,
		     sd_bus_message **ret)
{
	KB_MESSAGE sd_bus_message *m = NULL;
	int r;

	/* sd_bus_call() waits for ever on a bus that never says hello */
	if (!bus->bus || sd_bus_is_ready(bus->bus) <= 0)
		return -ENOENT;
	if (!bus->there[peer])
		return -ENOENT;
	r = sd_bus_message_new_method_call(bus->bus, &m, names[peer], path, interface, method);
	if (r >= 0)
		r = sd_bus_message_set_auto_start(m, 0);
	if (r >= 0 && *types)
		r = sd_bus_message_appendv(m, types, args);
	if (r < 0)
		return r;
	*ret = m;
	m = NULL;
	return 0;
}

/* Names of errors that say: that object, or that peer, is not there (any more). */
static int errno_of(const sd_bus_error *error, int r)
{
	if (sd_bus_error_has_names(error, "org.freedesktop.DBus.Error.ServiceUnknown",
				   "org.freedesktop.DBus.Error.NameHasNoOwner",
				   "org.freedesktop.DBus.Error.Disconnected"))
		return -ENOENT;
	if (sd_bus_error_has_names(error, "org.freedesktop.DBus.Error.NoReply",
				   "org.freedesktop.DBus.Error.Timeout"))
		return -ETIMEDOUT;
	if (sd_bus_error_has_names(error, "org.freedesktop.DBus.Error.UnknownObject",
				   "org.freedesktop.DBus.Error.UnknownInterface",
				   "org.freedesktop.DBus.Error.UnknownMethod",
				   "org.freedesktop.DBus.Error.UnknownProperty",
				   "org.freedesktop.NetworkManager.UnknownDevice",
				   "fi.w1.wpa_supplicant1.InterfaceUnknown"))
		return -ENODEV;
	if (r == -ENOTCONN || r == -ECONNRESET || r == -ESHUTDOWN)
		return -ENOENT;
	return r;
}

int kb_bus_call(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
		const char *interface, const char *method, sd_bus_message **ret,
		const char *types, ...)
{
	KB_MESSAGE sd_bus_message *m = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	u64 now = kb_now_usec();
	va_list args;
	int r;

	va_start(args, types);
	r = make_call(bus, peer, path, interface, method, types, args, &m);
	va_end(args);
	if (r)
		return r;
	if (now >= deadline)
		return -ETIMEDOUT;
	r = sd_bus_call(bus->bus, m, deadline - now, &error, ret);
	r = r < 0 ? errno_of(&error, r) : 0;
	sd_bus_error_free(&error);
	return r;
}

int kb_bus_send(struct kb_bus *bus, enum kb_bus_peer peer, const char *path,
		const char *interface, const char *method, const char *types, ...)
{
	KB_MESSAGE sd_bus_message *m = NULL;
	va_list args;
	int r;

	va_start(args, types);
	r = make_call(bus, peer, path, interface, method, types, args, &m);
	va_end(args);
	if (r)
		return r;
	r = sd_bus_message_set_expect_reply(m, 0);
	if (r >= 0)
		r = sd_bus_send(bus->bus, m, NULL);
	return r < 0 ? r : 0;
}

/* Leaves the reader inside the variant, whose content must have @type. */
static int get(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
	       const char *interface, const char *property, const char *type, sd_bus_message **ret)
{
	KB_MESSAGE sd_bus_message *m = NULL;
	int r;

	r = kb_bus_call(bus, peer, deadline, path, "org.freedesktop.DBus.Properties", "Get", &m,
			"ss", interface, property);
	if (r)
		return r;
	if (sd_bus_message_enter_container(m, 'v', type) <= 0)
		return -EBADMSG;
	*ret = m;
	m = NULL;
	return 0;
}

int kb_bus_read_text(sd_bus_message *m, const char *type, char *ret, size_t size)
{
	const char *text;

	if (strcmp(type, "s") && strcmp(type, "o"))
		return -EBADMSG;
	if (sd_bus_message_read_basic(m, *type, &text) <= 0)
		return -EBADMSG;
	if (strlen(text) >= size)
		return -EMSGSIZE;
	strcpy(ret, text);
	return 0;
}

int kb_bus_get_text(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
		    const char *interface, const char *property, char *ret, size_t size)
{
	KB_MESSAGE sd_bus_message *m = NULL;
	const char *type;
	char of;
	int r;

	r = get(bus, peer, deadline, path, interface, property, NULL, &m);
	if (r)
		return r;
	r = sd_bus_message_peek_type(m, &of, &type);
	if (r <= 0 || (of != 's' && of != 'o'))
		return -EBADMSG;
	return kb_bus_read_text(m, of == 's' ? "s" : "o", ret, size);
}

int kb_bus_get_number(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
		      const char *interface, const char *property, char type, u32 *ret)
{
	const char content[] = { type, '\0' };
	KB_MESSAGE sd_bus_message *m = NULL;
	u32 value;
	int b, r;

	r = get(bus, peer, deadline, path, interface, property, content, &m);
	if (r)
		return r;
	if (type == 'b') {
		r = sd_bus_message_read_basic(m, type, &b);
		value = (u32)b;
	} else {
		r = sd_bus_message_read_basic(m, type, &value);
	}
	if (r <= 0)
		return -EBADMSG;
	*ret = value;
	return 0;
}

int kb_bus_get_bytes(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
		     const char *interface, const char *property, u8 *ret, size_t len)
{
	KB_MESSAGE sd_bus_message *m = NULL;
	const void *data;
	size_t has;
	int r;

	r = get(bus, peer, deadline, path, interface, property, "ay", &m);
	if (r)
		return r;
	if (sd_bus_message_read_array(m, 'y', &data, &has) < 0 || has != len)
		return -EBADMSG;
	memcpy(ret, data, len);
	return 0;
}

static int walk_entry(sd_bus_message *m, kb_bus_entry_fn fn, void *userdata)
{
	const char *key, *type;
	char of;
	int r;

	if (sd_bus_message_read_basic(m, 's', &key) <= 0)
		return -EBADMSG;
	if (sd_bus_message_peek_type(m, &of, &type) <= 0 || of != 'v' ||
	    sd_bus_message_enter_container(m, 'v', type) <= 0)
		return -EBADMSG;
	r = fn(m, key, type, userdata);
	if (r < 0)
		return r;
	if (!r && sd_bus_message_skip(m, type) < 0)
		return -EBADMSG;
	return sd_bus_message_exit_container(m) < 0 ? -EBADMSG : 0;
}

int kb_bus_walk(sd_bus_message *m, kb_bus_entry_fn fn, void *userdata)
{
	int r;

	if (sd_bus_message_enter_container(m, 'a', "{sv}") <= 0)
		return -EBADMSG;
	while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
		r = walk_entry(m, fn, userdata);
		if (r < 0)
			return r;
		if (sd_bus_message_exit_container(m) < 0)
			return -EBADMSG;
	}
	if (r < 0)
		return -EBADMSG;
	return sd_bus_message_exit_container(m) < 0 ? -EBADMSG : 0;
}

struct change {
	const char *const *properties;
	bool matters;
};

static int on_changed_entry(sd_bus_message *m, const char *key, const char *type, void *userdata)
{
	struct change *change = userdata;
	const char *const *name;

	(void)m;
	(void)type;
	for (name = change->properties; *name; name++)
		change->matters |= !strcmp(key, *name);
	return 0;
}

bool kb_bus_changed(sd_bus_message *signal, const char *const *properties)
{
	struct change change = { .properties = properties };
	const char *interface;

	return sd_bus_message_read_basic(signal, 's', &interface) > 0 &&
	       !kb_bus_walk(signal, on_changed_entry, &change) && change.matters;
}

int kb_bus_get_dict(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
		    const char *interface, const char *property, kb_bus_entry_fn fn,
		    void *userdata)
{
	KB_MESSAGE sd_bus_message *m = NULL;
	int r = get(bus, peer, deadline, path, interface, property, "a{sv}", &m);

	return r ?: kb_bus_walk(m, fn, userdata);
}
