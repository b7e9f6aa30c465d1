// SPDX-License-Identifier: GPL-2.0-or-later
/* What several verbs need. */
#include "agent/cli/common.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/ui.h>
#include <time.h>
#include <unistd.h>

#include "agent/caller.h"
#include "policy/scalar.h"

int kb_exit_code(int err)
{
	switch (-err) {
	case 0:
		return KB_EXIT_OK;
	case EPERM:
	case EACCES:
		return KB_EXIT_PERMISSION;
	case EBADMSG:
		return KB_EXIT_PARSE;
	default:
		return KB_EXIT_REFUSED;
	}
}

int kb_need_root(void)
{
	char advice[128];

	kb_caller_advice(kb_verb_typed(), advice, sizeof(advice));
	return kb_complain(KB_EXIT_PERMISSION, _("only root may ask the kernel module; type: %s"), advice);
}

int kb_open_module(struct kb_wire **ret)
{
	struct kb_fault why = {};
	int r;

	if (geteuid())
		return kb_need_root();
	r = kb_wire_open(ret, &why);
	if (!r)
		return 0;
	return kb_complain(r == -ENOENT ? KB_EXIT_ABSENT : kb_exit_code(r), "%s", why.text);
}

int kb_policy_in_force(struct kb_wire *wire, struct kb_policy **ret)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes blob = {};
	struct kb_blob_error error = {};
	struct kb_fault why = {};
	int r = kb_wire_policy_get(wire, &blob, &why);

	if (r == -ENODATA)
		return kb_complain(KB_EXIT_REFUSED,
				   _("no policy in force: everything is allowed (--policy FILE asks a file)"));
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	r = kb_policy_parse(blob.data, blob.len, ret, &error);
	return r ? kb_complain(KB_EXIT_PARSE, _("compiled policy: %s"), error.text) : 0;
}

int kb_usage(const char *path, const struct kb_verb *verbs, const char *name)
{
	for (; verbs->name; verbs++)
		if (!strcmp(verbs->name, name))
			fprintf(stderr, _("Usage: kidoban %s%s%s %s\n"), path, *path ? " " : "", name,
				verbs->args);
	return KB_EXIT_USAGE;
}

void kb_date_text(uint64_t seconds, char *ret, size_t size)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (!seconds)
		snprintf(ret, size, "-");
	else if (!localtime_r(&t, &tm) || !strftime(ret, size, "%Y-%m-%d %H:%M %Z", &tm))
		snprintf(ret, size, "?");
}

void kb_date_json(uint64_t seconds, char *ret, size_t size)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(ret, size, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(ret, size, "?");
}

void kb_hex(const uint8_t *bytes, size_t n, char *ret)
{
	size_t i;

	for (i = 0; i < n; i++)
		snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

int kb_parse_json_only(int argc, char **argv, bool *ret_json)
{
	static const struct option longs[] = { { "json", no_argument, NULL, 'j' }, {} };
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c != 'j')
			return kb_usage("", kb_verbs, argv[0]);
		*ret_json = true;
	}
	return optind == argc ? 0 : kb_usage("", kb_verbs, argv[0]);
}

static int read_password(const char *path, char *buf, size_t size)
{
	KB_CLEANUP(kb_fclosep) FILE *file = fopen(path, "re");

	if (!file)
		return -errno;
	if (!fgets(buf, (int)size, file))
		return -ENODATA;
	/* a part of it would make, or fail to open, another key */
	if (!strchr(buf, '\n') && fgetc(file) != EOF)
		return -EMSGSIZE;
	buf[strcspn(buf, "\r\n")] = '\0';
	return (int)strlen(buf);
}

int kb_ask_password(char *buf, size_t size, const char *what, void *userdata)
{
	char prompt[256];

	if (userdata)
		return read_password(userdata, buf, size);
	snprintf(prompt, sizeof(prompt), _("Password of %s: "), what);
	if (EVP_read_pw_string_min(buf, 0, (int)size - 1, prompt, 0))
		return -ENOKEY;
	return (int)strlen(buf);
}

int kb_ask_new_password(char *buf, size_t size, const char *file)
{
	char again[1024];
	int r;

	if (file)
		return read_password(file, buf, size);
	if (EVP_read_pw_string_min(buf, 0, (int)size - 1, _("New password: "), 0) || !buf[0])
		return -ENOKEY;
	/* asked twice here, not by OpenSSL, which answers in English and without the cause */
	r = EVP_read_pw_string_min(again, 0, (int)sizeof(again) - 1, _("The same again: "), 0);
	if (r || strcmp(buf, again))
		r = -EKEYREJECTED;
	OPENSSL_cleanse(again, sizeof(again));
	return r ?: (int)strlen(buf);
}

int kb_parse_since(const char *text, uint64_t *ret)
{
	unsigned long long value;
	uint64_t now, unit;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (!errno && end != text && *text != '-' && *end && !end[1]) {
		unit = *end == 's' ? 1 : *end == 'm' ? 60 : *end == 'h' ? 3600 : *end == 'd' ? 86400 : 0;
		if (unit && value < 1000000) {
			now = (uint64_t)time(NULL);
			*ret = now > value * unit ? now - value * unit : 0;
			return 0;
		}
	}
	return kb_scalar_date(text, false, ret) ? -EINVAL : 0;
}
