/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Follows what a directory holds, also while the directory is not there. */
#ifndef AGENT_WIFI_FOLLOW_H
#define AGENT_WIFI_FOLLOW_H

#include <systemd/sd-event.h>

struct kb_follow;

/*
 * @name came, went, or changed; NULL: anything may have (the directory itself
 * came or went, or notices were lost). What really is must be looked up.
 */
typedef void (*kb_follow_fn)(const char *name, void *userdata);

/* Everything in @dir. A directory that is missing is waited for in the nearest one above it. */
int kb_follow_dir(sd_event *event, const char *dir, kb_follow_fn fn, void *userdata,
		  struct kb_follow **ret);
/* The one file @path, in the like manner. */
int kb_follow_file(sd_event *event, const char *path, kb_follow_fn fn, void *userdata,
		   struct kb_follow **ret);
void kb_follow_free(struct kb_follow *follow);

#endif
