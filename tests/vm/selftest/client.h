/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wire to the module as a test wants it: any request, right or wrong, and the exact answer. */
#ifndef SELFTEST_CLIENT_H
#define SELFTEST_CLIENT_H

#include <kidoban/types.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <uapi/kidoban/limits.h>
#include <uapi/kidoban/netlink.h>

#include "forge.h"

struct client {
	struct nl_sock *sock;		/* owned */
	int family;
};

/* What came back. */
struct answer {
	int err;			/* 0 or a negative errno */
	char text[256];			/* sentence of the extended ack, "" without one */
	unsigned int messages;		/* payload messages before the end */
};

/* One payload message: its attributes by number, up to KB_A_MAX. */
typedef void (*client_fn)(u8 cmd, struct nlattr **attrs, void *data);

/* -ENOENT: no family of that name is to be seen from here. */
int client_open(struct client *c);
void client_close(struct client *c);

/* A request to which the caller appends attributes. @flags: NLM_F_DUMP or 0. */
struct nl_msg *client_request(const struct client *c, u8 cmd, int flags);
/* Appends an attribute whatever its length may be. */
void client_put(struct nl_msg *msg, int attr, const void *data, size_t len);
void client_put_u8(struct nl_msg *msg, int attr, u8 value);
void client_put_u32(struct nl_msg *msg, int attr, u32 value);
void client_put_u64(struct nl_msg *msg, int attr, u64 value);
void client_put_string(struct nl_msg *msg, int attr, const char *text);

/* Sends only. Consumes @msg. 0 or a negative errno. */
int client_send(const struct client *c, struct nl_msg *msg);
/* Sends and reads up to the end of the answer. Consumes @msg; @each may be NULL. */
struct answer client_ask(const struct client *c, struct nl_msg *msg, client_fn each, void *data);

/* Whole requests. */
struct answer client_trust(const struct client *c, enum kb_ring ring, const struct bytes *cert);
struct answer client_seal(const struct client *c, const char *municipality, const char *group,
			  u32 epoch, u32 serial);
/* @approver may be NULL. */
struct answer client_load(const struct client *c, const struct bytes *blob,
			  const struct bytes *author, const struct bytes *approver);

/* Numbers of KB_CMD_STATUS_GET; attributes that are no number or missing read as 0. */
struct status {
	struct answer answer;
	bool have[KB_A_MAX + 1];
	u64 value[KB_A_MAX + 1];
	u8 sha256[32];
	char municipality[64], group[64], version[64];
};
struct status client_status(const struct client *c);

/* Joins the multicast group of events. 0 or a negative errno. */
int client_join(const struct client *c);
/* Reads one multicast event within @msec. -ETIMEDOUT. */
int client_event(const struct client *c, int msec, client_fn each, void *data);

#endif
