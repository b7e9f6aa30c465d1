/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The message bus, asked without ever waiting beyond a deadline, and found again after it went. */
#ifndef AGENT_WIFI_BUS_H
#define AGENT_WIFI_BUS_H

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include <kidoban/types.h>

#include "policy/cleanup.h"

struct kb_bus;

KB_DEFINE_CLEANUP(sd_bus_message *, sd_bus_message_unref)
#define KB_MESSAGE	KB_CLEANUP(sd_bus_message_unref_p)

/* Of whom we want to know whether they are there. */
enum kb_bus_peer {
	KB_BUS_NETWORKMANAGER,
	KB_BUS_IWD,
	KB_BUS_WPA,
	KB_BUS_SYSTEMD,
	KB_BUS_PEER_MAX
};

/* @there: it came, else it went. Not called for those there at the start of kb_bus_settle(). */
typedef void (*kb_bus_fn)(enum kb_bus_peer peer, bool there, void *userdata);
/* A signal that kb_bus_follow() asked for; valid during the call. */
typedef void (*kb_bus_signal_fn)(sd_bus_message *signal, void *userdata);

/*
 * Connects to the bus whose socket is @path, now or as soon as there is one.
 * 0 or -ENOMEM and the like; a bus that is not there is no error.
 */
int kb_bus_new(sd_event *event, const char *path, kb_bus_fn fn, void *userdata,
	       struct kb_bus **ret);
void kb_bus_free(struct kb_bus *bus);

/* Waits until it is known who is there, no longer than @deadline (CLOCK_MONOTONIC µs). */
void kb_bus_settle(struct kb_bus *bus, u64 deadline);

/* Subscribes to signals by a match rule, now and after every reconnection. Both are borrowed. */
int kb_bus_follow(struct kb_bus *bus, const char *match, kb_bus_signal_fn fn, void *userdata);

bool kb_bus_there(const struct kb_bus *bus, enum kb_bus_peer peer);
const char *kb_bus_name(enum kb_bus_peer peer);

/*
 * One method call with arguments as sd_bus_message_append() takes them. Never
 * starts a service. -ENOENT: the peer is not there; -ETIMEDOUT; -EBADMSG; what
 * the peer's error stands for. *ret is read from its beginning.
 */
int kb_bus_call(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
		const char *interface, const char *method, sd_bus_message **ret,
		const char *types, ...);
/* The like, without waiting: what the peer answers is of no interest. */
int kb_bus_send(struct kb_bus *bus, enum kb_bus_peer peer, const char *path,
		const char *interface, const char *method, const char *types, ...);

/* A property of type s, o, b, u, i: *ret as sd_bus_message_read_basic() fills it. Text is copied to @ret_text. */
int kb_bus_get_text(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
		    const char *interface, const char *property, char *ret, size_t size);
int kb_bus_get_number(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
		      const char *interface, const char *property, char type, u32 *ret);
/* A property of type ay with exactly @len bytes, else -EBADMSG. */
int kb_bus_get_bytes(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
		     const char *interface, const char *property, u8 *ret, size_t len);

/*
 * Walks an a{sv} at the reader's place: calls @fn with each key and its
 * variant's content type; what @fn leaves unread is skipped (return 0 without
 * having read, 1 having read the variant whole, -errno).
 */
typedef int (*kb_bus_entry_fn)(sd_bus_message *m, const char *key, const char *type,
			       void *userdata);
int kb_bus_get_dict(struct kb_bus *bus, enum kb_bus_peer peer, u64 deadline, const char *path,
		    const char *interface, const char *property, kb_bus_entry_fn fn,
		    void *userdata);	/* a property of type a{sv} */
int kb_bus_walk(sd_bus_message *m, kb_bus_entry_fn fn, void *userdata);
/* Does signal PropertiesChanged name one of @properties (NULL ends them)? */
bool kb_bus_changed(sd_bus_message *signal, const char *const *properties);
/* Reads a variant of type s or o (@type says which) into @ret, cut never: -EMSGSIZE. */
int kb_bus_read_text(sd_bus_message *m, const char *type, char *ret, size_t size);

u64 kb_now_usec(void);			/* CLOCK_MONOTONIC */

#endif
