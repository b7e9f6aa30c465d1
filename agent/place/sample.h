/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is around the terminal right now, for learning a place (P1). */
#ifndef AGENT_PLACE_SAMPLE_H
#define AGENT_PLACE_SAMPLE_H

#include "agent/place/learn.h"
#include "policy/fault.h"

/*
 * The hardware addresses of the default gateways, and the USB devices that are plugged in,
 * root hubs left out.
 */
int kb_sample_gateways(struct kb_learn *learn, struct kb_fault *ret_fault);
int kb_sample_usb(struct kb_learn *learn, const char *sys_dir, struct kb_fault *ret_fault);

/*
 * A packet socket that hears LLDP on every link there is now; needs CAP_NET_RAW. Returns it or
 * -errno.
 * kb_sample_lldp() takes what came, without waiting, and returns how many frames said something.
 */
int kb_sample_lldp_open(struct kb_fault *ret_fault);
int kb_sample_lldp(struct kb_learn *learn, int fd);

#endif
