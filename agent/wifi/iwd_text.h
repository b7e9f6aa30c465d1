/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iwd's files of networks: their names, their escapes, what one demands. Pure. */
#ifndef AGENT_WIFI_IWD_TEXT_H
#define AGENT_WIFI_IWD_TEXT_H

#include "agent/wifi/proof.h"

#define KB_IWD_FILE_MAX		(1 + 2 * KB_SSID_MAX + sizeof(".8021x"))
#define KB_IWD_DIR		"/var/lib/iwd"

/* "MYNUMBER-A.8021x", "=e5b882.8021x" */
void kb_iwd_file_name(const u8 *ssid, u8 len, char ret[KB_IWD_FILE_MAX]);

/* The SSID that the last part of a network's object path names ("4d59_8021x"). False: of another type. */
bool kb_iwd_path_ssid(const char *path, u8 ret[KB_SSID_MAX], u8 *ret_len);

/*
 * EAP method, CA and server names that the file's @text demands. A group or
 * key that stands twice, embedded PEM, or a line that cannot be read: -EBADMSG,
 * because iwd might read it otherwise than we do. *ret is then untouched.
 */
int kb_iwd_demands(const char *text, size_t len, struct kb_supplicant_facts *ret);

#endif
