/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services: protocols and ports, by preset name or as "tcp/443". */
#ifndef KIDOBAN_POLICY_SERVICE_H
#define KIDOBAN_POLICY_SERVICE_H

#include <stdbool.h>

#include <kidoban/path.h>

#define KB_SERVICE_SIZE		32	/* bytes that kb_service_to_text() needs */
#define KB_PRESET_SERVICES_MAX	6

struct kb_service_preset {
	const char *name;		/* NULL ends the table */
	bool screen;			/* a way of screen transfer (N3) */
	const char *text;		/* what it is; msgid */
	struct kb_service services[KB_PRESET_SERVICES_MAX];	/* proto 0 ends; sorted */
};

/* Sources of the ports: docs/POLICY.md. */
extern const struct kb_service_preset kb_service_presets[];

/* NULL when there is none of that name. */
const struct kb_service_preset *kb_service_preset(const char *name);
unsigned int kb_service_preset_size(const struct kb_service_preset *preset);

/*
 * "tcp/443", "udp/5000-5010", "tcp" (every port), "icmp/8", "icmpv6/128",
 * "esp", "ip/50", "any". Not presets. 0 or -EINVAL.
 */
int kb_service_parse(const char *text, struct kb_service *ret);
/* What kb_service_parse() reads. */
void kb_service_to_text(const struct kb_service *service, char ret[KB_SERVICE_SIZE]);
/* By protocol, first and last port: the order in compiled policies. <0, 0, >0. */
int kb_service_compare(const struct kb_service *a, const struct kb_service *b);
/* Everything that @inner names is in @outer. */
bool kb_service_covers(const struct kb_service *outer, const struct kb_service *inner);
/* Lies in a preset of screen transfer, ports of the web (443, 8443) left out. */
bool kb_service_is_screen(const struct kb_service *service);

/* "tcp" or "6" into 6. 0 or -EINVAL. */
int kb_proto_parse(const char *text, u8 *ret);
/* Has the protocol ports (TCP, UDP, SCTP, DCCP)? Is it ICMP of either version? */
bool kb_proto_has_ports(u8 proto);
bool kb_proto_is_icmp(u8 proto);
/* "tcp"; NULL when it has no name. */
const char *kb_proto_name(u8 proto);
/* The @i-th name of a protocol; NULL behind the last. For suggestions. */
const char *kb_proto_word(unsigned int i);

#endif
