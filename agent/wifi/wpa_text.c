// SPDX-License-Identifier: GPL-2.0-or-later
/* What wpa_supplicant's control interface says, read. */
#include "agent/wifi/wpa_text.h"

#include <ctype.h>
#include <limits.h>
#include <wpa_ctrl.h>

#include "policy/cleanup.h"

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int byte(const char *text)
{
	int high = nibble(text[0]), low = high < 0 ? -1 : nibble(text[1]);

	return low < 0 ? -1 : high << 4 | low;
}

bool kb_wpa_mac(const char *text, u8 ret[6])
{
	u8 mac[6];
	int i, b;

	for (i = 0; i < 6; i++) {
		b = byte(text);
		if (b < 0)
			return false;
		mac[i] = (u8)b;
		text += 2;
		if (i < 5 && *text++ != ':')
			return false;
	}
	if (isxdigit((unsigned char)*text) || *text == ':')
		return false;
	memcpy(ret, mac, sizeof(mac));
	return true;
}

/*
 * The value of the line "KEY=..." into @ret (cut never). 0, -ENODATA, -EBADMSG when there are two
 * of them or it does not fit: an SSID is escaped there, so a second one is nobody's we trust.
 */
static int line_of(const char *text, const char *key, char *ret, size_t size)
{
	size_t len = strlen(key), n;
	const char *found = NULL, *end;

	while (*text) {
		end = strchrnul(text, '\n');
		if (!strncmp(text, key, len) && text[len] == '=') {
			if (found)
				return -EBADMSG;
			found = text + len + 1;
		}
		text = *end ? end + 1 : end;
	}
	if (!found)
		return -ENODATA;
	n = (size_t)(strchrnul(found, '\n') - found);
	if (n >= size)
		return -EBADMSG;
	memcpy(ret, found, n);
	ret[n] = '\0';
	return 0;
}

/* "13 (EAP-TLS)" -> "TLS" */
static int method_of(const char *value, char *ret, size_t size)
{
	const char *at = strstr(value, "(EAP-");
	size_t n;

	if (!at)
		return -EBADMSG;
	at += strlen("(EAP-");
	n = strcspn(at, ")");
	if (!n || !at[n] || n >= size)
		return -EBADMSG;
	memcpy(ret, at, n);
	ret[n] = '\0';
	return 0;
}

static int read_id(const char *value, int *ret)
{
	char *end;
	long id;

	errno = 0;
	id = strtol(value, &end, 10);
	if (errno || end == value || *end || id < 0 || id > INT_MAX)
		return -EBADMSG;
	*ret = (int)id;
	return 0;
}

static int status_line(const char *text, const char *key, char *ret, size_t size)
{
	int r = line_of(text, key, ret, size);

	if (r == -ENODATA)
		*ret = '\0';
	return r == -ENODATA ? 0 : r;
}

struct suite_name {
	const char *name;
	u32 suite;
};

/* wpa_key_mgmt_txt() and wpa_cipher_txt() of wpa_supplicant. */
static const struct suite_name akms[] = {
	{ "WPA2/IEEE 802.1X/EAP", KB_AKM_8021X },
	{ "FT-EAP", KB_AKM_FT_8021X },
	{ "WPA2-EAP-SHA256", KB_AKM_8021X_SHA256 },
	{ "WPA2-EAP-SUITE-B", KB_AKM_SUITE_B },
	{ "WPA2-EAP-SUITE-B-192", KB_AKM_SUITE_B_192 },
	{ "FT-EAP-SHA384", KB_AKM_FT_8021X_SHA384 },
	{ "WPA2-PSK", KB_AKM_PSK },
	{ "FT-PSK", KB_AKM_FT_PSK },
	{ "WPA2-PSK-SHA256", KB_AKM_PSK_SHA256 },
	{ "SAE", KB_AKM_SAE },
	{ "FT-SAE", KB_AKM_FT_SAE },
	{}
};

static const struct suite_name ciphers[] = {
	{ "CCMP", KB_CIPHER_CCMP },
	{ "GCMP", KB_CIPHER_GCMP },
	{ "GCMP-256", KB_CIPHER_GCMP_256 },
	{ "CCMP-256", KB_CIPHER_CCMP_256 },
	{ "TKIP", KB_CIPHER_TKIP },
	{ "BIP", KB_CIPHER_BIP_CMAC },
	{ "BIP-GMAC-128", KB_CIPHER_BIP_GMAC },
	{ "BIP-GMAC-256", KB_CIPHER_BIP_GMAC_256 },
	{ "BIP-CMAC-256", KB_CIPHER_BIP_CMAC_256 },
	{}
};

/* The suite that the line names; 0 = no such line, or a name that we do not know. */
static u32 suite_of(const char *text, const char *key, const struct suite_name *names)
{
	char value[64];

	if (line_of(text, key, value, sizeof(value)))
		return 0;
	for (; names->name; names++)
		if (!strcmp(names->name, value))
			return names->suite;
	return 0;
}

/* What was negotiated. Its pmf is what both have: 1 capable, 2 required; no line, none. */
static bool read_rsn(const char *text, struct kb_rsn *ret)
{
	struct kb_rsn rsn = { .present = true, .version = 1 };
	char pmf[8];

	rsn.akms = suite_of(text, "key_mgmt", akms);
	rsn.pairwise = suite_of(text, "pairwise_cipher", ciphers);
	rsn.group = suite_of(text, "group_cipher", ciphers);
	if (!rsn.akms || !rsn.pairwise || !rsn.group || status_line(text, "pmf", pmf, sizeof(pmf)))
		return false;
	if (!strcmp(pmf, "1") || !strcmp(pmf, "2")) {
		rsn.mfp_capable = true;
		rsn.mfp_required = *pmf == '2';
		rsn.group_mgmt = suite_of(text, "mgmt_group_cipher", ciphers);
		if (!rsn.group_mgmt)
			return false;
	}
	*ret = rsn;
	return true;
}

int kb_wpa_status(const char *text, struct kb_wpa_status *ret)
{
	struct kb_wpa_status status = { .network = -1 };
	char state[32], mode[32], port[32], method[64] = "", bssid[32] = "", id[16];
	int r = line_of(text, "wpa_state", state, sizeof(state));

	if (!r)
		r = status_line(text, "mode", mode, sizeof(mode));
	if (!r)
		r = status_line(text, "suppPortStatus", port, sizeof(port));
	if (!r)
		r = status_line(text, "selectedMethod", method, sizeof(method));
	if (!r)
		r = status_line(text, "bssid", bssid, sizeof(bssid));
	if (!r)
		r = status_line(text, "id", id, sizeof(id));
	if (!r && *id)
		r = read_id(id, &status.network);
	if (!r && *bssid && !kb_wpa_mac(bssid, status.bssid))
		r = -EBADMSG;
	if (!r && *method)
		r = method_of(method, status.eap, sizeof(status.eap));
	if (r)
		return -EBADMSG;
	status.completed = !strcmp(state, "COMPLETED") && (!*mode || !strcmp(mode, "station"));
	/* without 802.1X there is no such line */
	status.port_authorized = status.completed && (!*port || !strcmp(port, "Authorized"));
	status.rsn_known = status.completed && read_rsn(text, &status.rsn);
	*ret = status;
	return 0;
}

/* "abc" up to the last quote; the whole of it must be quoted. */
static int unquote(const char *text, size_t len, char *ret, size_t size)
{
	if (len < 2 || text[len - 1] != '"')
		return -EBADMSG;
	if (len - 2 >= size)
		return -EMSGSIZE;
	memcpy(ret, text + 1, len - 2);
	ret[len - 2] = '\0';
	return 0;
}

/* printf_decode() of wpa_supplicant: \n \r \t \e \\ \" \xNN. */
static int unescape(const char *text, size_t len, char *ret, size_t size)
{
	static const char names[] = "nrte\\\"", values[] = "\n\r\t\033\\\"";
	const char *end = text + len - 1, *name;
	size_t n = 0;
	int c;

	if (len < 3 || text[1] != '"' || *end != '"')
		return -EBADMSG;
	for (text += 2; text < end; text++) {
		c = (unsigned char)*text;
		if (c == '\\') {
			if (++text >= end)
				return -EBADMSG;
			name = strchr(names, *text);
			if (*text == 'x' && end - text > 2) {
				c = byte(text + 1);
				text += 2;
			} else {
				c = name ? values[name - names] : -1;
			}
		}
		if (c <= 0)
			return -EBADMSG;
		if (n + 1 >= size)
			return -EMSGSIZE;
		ret[n++] = (char)c;
	}
	ret[n] = '\0';
	return 0;
}

static int unhex(const char *text, size_t len, char *ret, size_t size)
{
	size_t i;
	int b;

	if (!len || len % 2)
		return -EBADMSG;
	if (len / 2 >= size)
		return -EMSGSIZE;
	for (i = 0; i < len / 2; i++) {
		b = byte(text + 2 * i);
		if (b <= 0)
			return -EBADMSG;
		ret[i] = (char)b;
	}
	ret[i] = '\0';
	return 0;
}

static size_t length(const char *text)
{
	size_t len = strlen(text);

	return len && text[len - 1] == '\n' ? len - 1 : len;
}

static bool is_failure(const char *text)
{
	size_t len = length(text);

	return !len || (len == 4 && !memcmp(text, "FAIL", 4));
}

int kb_wpa_value(const char *text, char *ret, size_t size)
{
	size_t len = length(text);
	KB_FREE char *value = malloc(size);
	int r;

	if (!value)
		return -ENOMEM;
	if (is_failure(text))
		return -ENODATA;
	if (*text == '"')
		r = unquote(text, len, value, size);
	else if (*text == 'P')
		r = unescape(text, len, value, size);
	else
		r = unhex(text, len, value, size);
	if (!r)
		strcpy(ret, value);
	return r;
}

int kb_wpa_word(const char *text, char *ret, size_t size)
{
	size_t i, len = length(text);

	if (is_failure(text))
		return -ENODATA;
	if (len >= size)
		return -EMSGSIZE;
	for (i = 0; i < len; i++)
		if (!isgraph((unsigned char)text[i]) && text[i] != ' ')
			return -EBADMSG;
	memcpy(ret, text, len);
	ret[len] = '\0';
	return 0;
}

int kb_wpa_servers(const char *text, struct kb_supplicant_facts *ret)
{
	const char *at = text;
	u32 n = 0;
	size_t len;

	for (at = text; *at; at += len + (at[len] == ';')) {
		len = strcspn(at, ";");
		if (len > KB_SERVER_NAME_MAX || (len && ++n > KB_SERVERS_MAX))
			return -EMSGSIZE;
	}
	ret->n_servers = 0;
	for (at = text; *at; at += len + (at[len] == ';')) {
		len = strcspn(at, ";");
		if (!len)
			continue;
		memcpy(ret->servers[ret->n_servers], at, len);
		ret->servers[ret->n_servers++][len] = '\0';
	}
	return 0;
}

size_t kb_wpa_networks(const char *text, int *ret, size_t max)
{
	size_t n = 0, len;
	char id[16];

	while (*text && n < max) {
		len = strcspn(text, "\t\n");
		/* the heading is no number */
		if (len < sizeof(id) && text[len] == '\t') {
			memcpy(id, text, len);
			id[len] = '\0';
			if (!read_id(id, &ret[n]))
				n++;
		}
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	return n;
}

static const struct {
	const char *prefix;
	enum kb_supplicant_event event;
} events[] = {
	{ WPA_EVENT_CONNECTED, KB_SUPPLICANT_CHANGED },
	{ WPA_EVENT_DISCONNECTED, KB_SUPPLICANT_CHANGED },
	{ WPA_EVENT_EAP_SUCCESS, KB_SUPPLICANT_CHANGED },
	{ WPA_EVENT_EAP_SUCCESS2, KB_SUPPLICANT_CHANGED },
	{ WPA_EVENT_EAP_TLS_CERT_ERROR, KB_SUPPLICANT_CERTIFICATE },
	{ WPA_EVENT_EAP_FAILURE, KB_SUPPLICANT_FAILURE },
	{ WPA_EVENT_EAP_FAILURE2, KB_SUPPLICANT_FAILURE },
	{ WPA_EVENT_AUTH_REJECT, KB_SUPPLICANT_FAILURE },
	{ WPA_EVENT_ASSOC_REJECT, KB_SUPPLICANT_FAILURE },
	{ WPA_EVENT_TEMP_DISABLED, KB_SUPPLICANT_FAILURE },
	{ WPA_EVENT_TERMINATING, KB_SUPPLICANT_GONE },
};

/* Behind "<3>". */
static const char *body(const char *text)
{
	const char *end;

	if (*text != '<')
		return NULL;
	end = strchr(text, '>');
	return end && end - text <= 3 ? end + 1 : NULL;
}

int kb_wpa_event(const char *text, struct kb_supplicant_notice *ret)
{
	const char *at = body(text), *mac;
	size_t i, n;

	for (i = 0; at && i < ARRAY_SIZE(events); i++) {
		/* some end with a blank, of which a line that says no more has none */
		n = strcspn(events[i].prefix, " ");
		if (strncmp(at, events[i].prefix, n) || (at[n] && at[n] != ' '))
			continue;
		ret->event = events[i].event;
		mac = strstr(at, "bssid=");
		if (mac)
			kb_wpa_mac(mac + strlen("bssid="), ret->bssid);
		for (i = 0; i < sizeof(ret->detail) - 1 && at[i]; i++)
			ret->detail[i] = isprint((unsigned char)at[i]) ? at[i] : '?';
		ret->detail[i] = '\0';
		return 1;
	}
	return 0;
}

bool kb_wpa_associated(const char *text, u8 ret[6])
{
	static const char said[] = "Associated with ";
	const char *at = body(text);

	return at && !strncmp(at, said, strlen(said)) && kb_wpa_mac(at + strlen(said), ret);
}
