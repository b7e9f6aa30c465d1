// SPDX-License-Identifier: GPL-2.0-or-later
/* The supplicant's configuration, made from the policy. */
#include "agent/wifi/provision.h"

#include <ctype.h>

#include "agent/wifi/render.h"
#include "policy/i18n.h"
#include "policy/utf8.h"

int kb_provision_add(struct kb_provision *provision, const char *path, char *content, size_t len,
		     u32 mode)
{
	struct kb_provision_file *files, file = {
		.path = strdup(path), .content = { (uint8_t *)content, len }, .mode = mode,
	};

	files = realloc(provision->files, (provision->n_files + 1) * sizeof(*files));
	if (files)
		provision->files = files;
	if (!files || !file.path || !content) {
		free(file.path);
		free(content);
		return -ENOMEM;
	}
	files[provision->n_files++] = file;
	return 0;
}

int kb_provision_no_others(struct kb_provision *provision, const char *dir, const char *beginning,
			   const char *ending, bool hidden)
{
	struct kb_provision_stray *strays, stray = {
		strdup(dir), strdup(beginning), strdup(ending), hidden,
	};

	strays = realloc(provision->strays, (provision->n_strays + 1) * sizeof(*strays));
	if (strays)
		provision->strays = strays;
	if (!strays || !stray.dir || !stray.beginning || !stray.ending) {
		free(stray.dir);
		free(stray.beginning);
		free(stray.ending);
		return -ENOMEM;
	}
	strays[provision->n_strays++] = stray;
	return 0;
}

void kb_provision_done(struct kb_provision *provision)
{
	size_t i;

	for (i = 0; i < provision->n_files; i++) {
		free(provision->files[i].path);
		kb_bytes_done(&provision->files[i].content);
	}
	for (i = 0; i < provision->n_strays; i++) {
		free(provision->strays[i].dir);
		free(provision->strays[i].beginning);
		free(provision->strays[i].ending);
	}
	free(provision->files);
	free(provision->strays);
	*provision = (struct kb_provision){};
}

bool kb_render_wanted(const struct kb_wifi_profile *profile)
{
	return profile->pinned && profile->eap == KB_EAP_TLS && profile->ssid_len;
}

bool kb_render_is_pkcs11(const char *where)
{
	return where && !strncmp(where, "pkcs11:", strlen("pkcs11:"));
}

const char *kb_render_key(const struct kb_wifi_profile *profile)
{
	return profile->key ?: profile->cert;
}

int kb_render_identity(const struct kb_wifi_profile *profile, const char *host,
		       char ret[KB_RENDER_IDENTITY_MAX])
{
	int n = profile->identity ?
		snprintf(ret, KB_RENDER_IDENTITY_MAX, "%s", profile->identity) :
		snprintf(ret, KB_RENDER_IDENTITY_MAX, "host/%s", host);

	return n < KB_RENDER_IDENTITY_MAX ? 0 : -ENAMETOOLONG;
}

int kb_render_servers(const struct kb_wifi_profile *profile, char *ret, size_t size)
{
	size_t used = 0;
	u32 i;

	for (i = 0; i < profile->n_servers; i++) {
		used += (size_t)snprintf(ret + used, size - used, "%s%s", i ? ";" : "",
					 profile->servers[i]);
		if (used >= size)
			return -ENAMETOOLONG;
	}
	return 0;
}

void kb_render_name(const char *name, char ret[2 * KB_NAME_MAX + 2])
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t i, len = strnlen(name, KB_NAME_MAX);

	if (len && strspn(name, plain) == len) {
		memcpy(ret, name, len);
		ret[len] = '\0';
		return;
	}
	/* no plain name has "=": the two can never be one */
	*ret = '=';
	for (i = 0; i < len; i++)
		sprintf(ret + 1 + 2 * i, "%02x", (u8)name[i]);
	ret[1 + 2 * len] = '\0';
}

void kb_render_keyfile_text(FILE *out, const char *key, const char *value)
{
	bool leading = true;

	fprintf(out, "%s=", key);
	for (; *value; value++) {
		if (*value == '\\')
			fputs("\\\\", out);
		else if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '\r')
			fputs("\\r", out);
		else if (*value == '\t')
			fputs("\\t", out);
		else if (*value == ' ' && leading)
			fputs("\\s", out);
		else
			fputc(*value, out);
		leading &= *value == ' ';
	}
	fputc('\n', out);
}

/* Letters, digits, "-" and "." are all that a DNS name has; anything else would mean something to a supplicant. */
static bool is_server(const char *name)
{
	size_t i, len = strlen(name);

	for (i = 0; i < len; i++)
		if (!(name[i] >= '0' && name[i] <= '9') && !(name[i] >= 'a' && name[i] <= 'z') &&
		    !(name[i] >= 'A' && name[i] <= 'Z') && name[i] != '-' && name[i] != '.' &&
		    name[i] != '_')
			return false;
	return len && len <= KB_SERVER_NAME_MAX && *name != '.' && name[len - 1] != '.';
}

/* Of control characters only those that can be escaped: readers skip the others as blanks, or differ. */
static bool is_text(const char *text)
{
	u32 line, column;
	const char *at;

	for (at = text; *at; at++)
		if (((u8)*at < ' ' && !strchr("\t\n\r", *at)) || *at == 0x7f)
			return false;
	return kb_utf8_check(text, strlen(text), &line, &column);
}

static bool is_where(const char *where)
{
	return where && (*where == '/' || kb_render_is_pkcs11(where)) &&
	       strlen(where) <= KB_FILE_MAX && is_text(where);
}

/* Whatever the policy's reader let through, no supplicant is told less than it must be. */
static int check_profile(const struct kb_wifi_profile *profile, struct kb_fault *ret_fault)
{
	u32 i;

	if (!(profile->akms & KB_AKM_ENTERPRISE) || (profile->akms & ~KB_AKM_ENTERPRISE))
		return kb_fault(ret_fault, -EINVAL, _("profile %s: EAP needs key management of 802.1X"),
				profile->name);
	if (!profile->pairwise || !profile->group || profile->pairwise & ~KB_CIPHER_STRONG ||
	    profile->group & ~KB_CIPHER_STRONG)
		return kb_fault(ret_fault, -EINVAL, _("profile %s: its ciphers cannot be written"),
				profile->name);
	if (!profile->ca || *profile->ca != '/' || !is_where(profile->ca))
		return kb_fault(ret_fault, -EINVAL,
				_("profile %s: without the path of a CA any server would do"),
				profile->name);
	if (!profile->n_servers || profile->n_servers > KB_SERVERS_MAX)
		return kb_fault(ret_fault, -EINVAL,
				_("profile %s: without a name any server of that CA would do"),
				profile->name);
	for (i = 0; i < profile->n_servers; i++)
		if (!is_server(profile->servers[i]))
			return kb_fault(ret_fault, -EINVAL, _("profile %s: %s is no name of a server"),
					profile->name, profile->servers[i]);
	if (!is_where(profile->cert) || !is_where(kb_render_key(profile)))
		return kb_fault(ret_fault, -EINVAL, _("profile %s: its certificate or key has no path"),
				profile->name);
	if (profile->identity && !is_text(profile->identity))
		return kb_fault(ret_fault, -EINVAL, _("profile %s: its identity is no text"),
				profile->name);
	return 0;
}

static int check_all(const struct kb_agent_policy *policy, const char *host,
		     struct kb_fault *ret_fault)
{
	unsigned int wanted = 0;
	u32 i;
	int r;

	if (!is_text(host))
		return kb_fault(ret_fault, -EINVAL, _("this terminal's host name is no text"));
	for (i = 0; i < policy->n_profiles; i++) {
		if (!kb_render_wanted(&policy->profiles[i]))
			continue;
		wanted++;
		r = check_profile(&policy->profiles[i], ret_fault);
		if (r)
			return r;
	}
	return wanted ? 0 : kb_fault(ret_fault, -ENODATA,
				     _("the policy pins no Wi-Fi profile that could be written"));
}

int kb_provision_render(const struct kb_agent_policy *policy, enum kb_supplicant supplicant,
			const char *host, struct kb_provision *ret, struct kb_fault *ret_fault)
{
	struct kb_provision provision = { .supplicant = supplicant };
	int r = check_all(policy, host, ret_fault);

	if (r)
		return r;
	switch (supplicant) {
	case KB_SUPPLICANT_WPA:
		r = kb_render_wpa(policy, host, &provision, ret_fault);
		break;
	case KB_SUPPLICANT_IWD:
		r = kb_render_iwd(policy, host, &provision, ret_fault);
		break;
	case KB_SUPPLICANT_NETWORKMANAGER:
		r = kb_render_nm(policy, host, &provision, ret_fault);
		break;
	default:
		r = kb_fault(ret_fault, -EINVAL, _("nothing is written for \"%s\""), "none");
	}
	if (r) {
		kb_provision_done(&provision);
		return r == -ENOMEM ? kb_fault(ret_fault, r, "%s", strerror(ENOMEM)) : r;
	}
	*ret = provision;
	return 0;
}

enum kb_supplicant kb_provision_supplicant(const char *word)
{
	static const struct {
		const char *word;
		enum kb_supplicant supplicant;
	} words[] = {
		{ "networkmanager", KB_SUPPLICANT_NETWORKMANAGER },
		{ "iwd", KB_SUPPLICANT_IWD },
		{ "wpa_supplicant", KB_SUPPLICANT_WPA },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].word, word))
			return words[i].supplicant;
	return KB_SUPPLICANT_AUTO;
}
