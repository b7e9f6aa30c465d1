// SPDX-License-Identifier: GPL-2.0-or-later
/* What the agent obeys, back into keys and values of the language. */
#include "policy/fields.h"

#include "policy/address.h"
#include "policy/render.h"
#include "policy/utf8.h"
#include "policy/wifi_words.h"

/* Opens the value of the next key, for close_value(); NULL when memory is short or the list is full. */
static FILE *open_value(struct kb_fields *fields, const char *key, size_t *ret_len)
{
	struct kb_field *field = &fields->list[fields->n];
	FILE *out = NULL;

	if (!fields->error && fields->n < KB_FIELDS_MAX)
		out = open_memstream(&field->value, ret_len);
	if (!out) {
		fields->error = -ENOMEM;
		return NULL;
	}
	field->key = key;
	fields->n++;
	return out;
}

static void close_value(struct kb_fields *fields, FILE *out)
{
	if (fclose(out))
		fields->error = -ENOMEM;
}

static void put_word(struct kb_fields *fields, const char *key, const char *word)
{
	size_t len;
	FILE *out = open_value(fields, key, &len);

	if (!out)
		return;
	fputs(word, out);
	close_value(fields, out);
}

static void put_number(struct kb_fields *fields, const char *key, u32 value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	put_word(fields, key, text);
}

static void put_bool(struct kb_fields *fields, const char *key, bool value)
{
	put_word(fields, key, value ? "true" : "false");
}

static void put_text(struct kb_fields *fields, const char *key, const char *text)
{
	FILE *out;
	size_t len;

	if (!text)
		return;
	out = open_value(fields, key, &len);
	if (!out)
		return;
	kb_render_text(text, out);
	close_value(fields, out);
}

static void render_texts(const char *const *texts, u32 n, FILE *out)
{
	u32 i;

	fputc('[', out);
	for (i = 0; i < n; i++) {
		fputs(i ? ", " : "", out);
		kb_render_text(texts[i], out);
	}
	fputc(']', out);
}

static void render_macs(const struct kb_link_mac *macs, u32 n, FILE *out)
{
	char mac[2 * KB_MAC_SIZE];
	u32 i;

	fputc('[', out);
	for (i = 0; i < n; i++) {
		kb_mac_mask_to_text(&macs[i], mac);
		fprintf(out, "%s\"%s\"", i ? ", " : "", mac);
	}
	fputc(']', out);
}

static void render_hex(const u8 *bytes, u32 n, FILE *out)
{
	u32 i;

	fputc('"', out);
	for (i = 0; i < n; i++)
		fprintf(out, "%02x", bytes[i]);
	fputc('"', out);
}

static void put_hex(struct kb_fields *fields, const char *key, const u8 *bytes, u32 n)
{
	size_t len;
	FILE *out = open_value(fields, key, &len);

	if (!out)
		return;
	render_hex(bytes, n, out);
	close_value(fields, out);
}

/* Members of @mask as a list; bits without a word are none of a policy's. */
static void put_mask(struct kb_fields *fields, const char *key, const struct kb_word *words,
		     u32 mask)
{
	bool any = false;
	size_t len;
	FILE *out = open_value(fields, key, &len);

	if (!out)
		return;
	fputc('[', out);
	for (; words->name; words++) {
		if (!(mask & (u32)words->value))
			continue;
		fprintf(out, "%s%s", any ? ", " : "", words->name);
		any = true;
	}
	fputc(']', out);
	close_value(fields, out);
}

/* Text that a reader sees as it is, and that a policy may therefore hold? */
static bool is_plain(const u8 *ssid, u8 ssid_len)
{
	const char *text = (const char *)ssid;
	size_t left = ssid_len, step;

	for (; left; text += step, left -= step) {
		step = kb_utf8_char(text, left);
		if (!step || !*text || kb_utf8_hidden(text, step))
			return false;
	}
	return ssid_len;
}

/* As text where it is one, else as octets under the key @hex_key. */
static void put_ssid(struct kb_fields *fields, const char *key, const char *hex_key,
		     const u8 *ssid, u8 ssid_len)
{
	char text[KB_SSID_MAX + 1];

	if (!is_plain(ssid, ssid_len)) {
		put_hex(fields, hex_key, ssid, ssid_len);
		return;
	}
	memcpy(text, ssid, ssid_len);
	text[ssid_len] = '\0';
	put_text(fields, key, text);
}

void kb_fields_of_wireless(const struct kb_wireless *wireless, struct kb_fields *ret)
{
	put_word(ret, "supplicant", kb_word_of(kb_words_supplicant, wireless->supplicant) ?: "-");
	put_bool(ret, "provision", wireless->provision);
	if (wireless->survey)
		put_number(ret, "survey", wireless->survey);
	else
		put_word(ret, "survey", "never");
	put_bool(ret, "avoid", wireless->avoid);
	put_word(ret, "modes", wireless->modes == KB_ACTION_ALLOW ? "report" : "refuse");
	if (wireless->canary_len)
		put_ssid(ret, "canary", "canary", wireless->canary, wireless->canary_len);
}

void kb_fields_of_profile(const struct kb_wifi_profile *profile, struct kb_fields *ret)
{
	size_t len;
	FILE *out;

	put_ssid(ret, "ssid", "ssid-hex", profile->ssid, profile->ssid_len);
	if (!profile->pinned)
		return;
	if (profile->n_bssids && (out = open_value(ret, "bssid", &len))) {
		render_macs(profile->bssids, profile->n_bssids, out);
		close_value(ret, out);
	}
	put_mask(ret, "akm", kb_words_akm, profile->akms);
	put_mask(ret, "cipher", kb_words_cipher, profile->pairwise);
	put_mask(ret, "group-cipher", kb_words_cipher, profile->group);
	put_mask(ret, "group-mgmt", kb_words_group_mgmt, profile->group_mgmt);
	put_word(ret, "pmf", kb_word_of(kb_words_pmf, profile->pmf) ?: "-");
	put_mask(ret, "band", kb_words_band, profile->bands);
	put_word(ret, "eap", kb_word_of(kb_words_eap, profile->eap) ?: "-");
	put_text(ret, "ca", profile->ca);
	if (profile->has_ca_sha256)
		put_hex(ret, "ca-sha256", profile->ca_sha256, sizeof(profile->ca_sha256));
	if (profile->n_servers && (out = open_value(ret, "server", &len))) {
		render_texts(profile->servers, profile->n_servers, out);
		close_value(ret, out);
	}
	put_text(ret, "identity", profile->identity);
	put_text(ret, "cert", profile->cert);
	put_text(ret, "key", profile->key);
	put_number(ret, "priority", profile->priority);
}

void kb_fields_of_place(const struct kb_place *place, struct kb_fields *ret)
{
	put_number(ret, "need", place->need);
	put_number(ret, "grace", place->grace);
	put_bool(ret, "lock", place->lock);
	put_bool(ret, "cut", place->cut);
}

void kb_fields_done(struct kb_fields *fields)
{
	size_t i;

	for (i = 0; i < fields->n; i++)
		free(fields->list[i].value);
	*fields = (struct kb_fields){ 0 };
}

const char *kb_fields_get(const struct kb_fields *fields, const char *key)
{
	size_t i;

	for (i = 0; i < fields->n; i++)
		if (!strcmp(fields->list[i].key, key))
			return fields->list[i].value;
	return NULL;
}

void kb_fields_write(const struct kb_fields *fields, FILE *out)
{
	size_t i;

	fputc('{', out);
	for (i = 0; i < fields->n; i++)
		fprintf(out, "%s%s: %s", i ? ", " : "", fields->list[i].key, fields->list[i].value);
	fputc('}', out);
}

static void render_beacon(const struct kb_evidence *evidence, FILE *out)
{
	fputs("name: ", out);
	kb_render_text(evidence->beacon.name, out);
	fputs(", key: ", out);
	render_hex(evidence->beacon.key, sizeof(evidence->beacon.key), out);
	if (evidence->beacon.host) {
		fputs(", host: ", out);
		kb_render_text(evidence->beacon.host, out);
	}
	fprintf(out, ", port: %u, rtt: %u", evidence->beacon.port,
		evidence->beacon.rtt_usec / 1000);
}

static void render_lldp(const struct kb_evidence *evidence, FILE *out)
{
	fputs("chassis: ", out);
	kb_render_text(evidence->lldp.chassis, out);
	if (!evidence->lldp.n_ports)
		return;
	fputs(", port: ", out);
	render_texts(evidence->lldp.ports, evidence->lldp.n_ports, out);
}

static void render_dock(const struct kb_evidence *evidence, FILE *out)
{
	fputs("usb: \"", out);
	kb_render_usb(&evidence->dock.id, out);
	fputc('"', out);
	if (evidence->dock.serial) {
		fputs(", serial: ", out);
		kb_render_text(evidence->dock.serial, out);
	}
	if (evidence->dock.port) {
		fputs(", port: ", out);
		kb_render_text(evidence->dock.port, out);
	}
}

/* All seven digits, so that nothing is lost. */
static void render_degrees(const char *key, s32 value, FILE *out)
{
	int64_t size = value < 0 ? -(int64_t)value : value;

	fprintf(out, "%s: %s%lld.%07lld, ", key, value < 0 ? "-" : "", (long long)(size / 10000000),
		(long long)(size % 10000000));
}

static void render_piece(const struct kb_agent_policy *agent, const struct kb_evidence *evidence,
			 FILE *out)
{
	switch (evidence->kind) {
	case KB_EVIDENCE_EAP:
		if (evidence->eap.profile < agent->n_profiles) {
			fputs("profile: ", out);
			kb_render_text(agent->profiles[evidence->eap.profile].name, out);
		}
		break;
	case KB_EVIDENCE_BEACON:
		render_beacon(evidence, out);
		break;
	case KB_EVIDENCE_AP:
		fputs("bssid: ", out);
		render_macs(evidence->ap.bssids, evidence->ap.n_bssids, out);
		fprintf(out, ", count: %u, rssi-min: -%u", evidence->ap.count, evidence->ap.signal);
		break;
	case KB_EVIDENCE_LLDP:
		render_lldp(evidence, out);
		break;
	case KB_EVIDENCE_DOCK:
		render_dock(evidence, out);
		break;
	case KB_EVIDENCE_GATEWAY:
		fputs("mac: ", out);
		render_macs(evidence->gateway.macs, evidence->gateway.n_macs, out);
		break;
	default:
		render_degrees("latitude", evidence->gnss.latitude, out);
		render_degrees("longitude", evidence->gnss.longitude, out);
		fprintf(out, "radius: %u", evidence->gnss.radius);
	}
}

void kb_render_evidence(const struct kb_agent_policy *agent, const struct kb_evidence *evidence,
			FILE *out)
{
	static const char *const names[KB_EVIDENCE_MAX_KIND] = {
		[KB_EVIDENCE_EAP] = "eap",   [KB_EVIDENCE_BEACON] = "beacon",
		[KB_EVIDENCE_AP] = "ap",     [KB_EVIDENCE_LLDP] = "lldp",
		[KB_EVIDENCE_DOCK] = "dock", [KB_EVIDENCE_GATEWAY] = "gateway",
		[KB_EVIDENCE_GNSS] = "gnss",
	};

	fprintf(out, "{%s: {", evidence->kind < KB_EVIDENCE_MAX_KIND ? names[evidence->kind] : "-");
	render_piece(agent, evidence, out);
	fputs("}}", out);
}
