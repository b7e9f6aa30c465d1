// SPDX-License-Identifier: GPL-2.0-or-later
/* Services: protocols and ports. */
#include "policy/service.h"

#include <ctype.h>
#include <netinet/in.h>

#include "policy/i18n.h"

#define TCP(port)		{ IPPROTO_TCP, port, port }
#define UDP(port)		{ IPPROTO_UDP, port, port }
#define TCPS(first, last)	{ IPPROTO_TCP, first, last }
#define UDPS(first, last)	{ IPPROTO_UDP, first, last }
#define IP(proto)		{ proto, 0, UINT16_MAX }

/* First those that contain others: texts are made by taking the first that fits. */
const struct kb_service_preset kb_service_presets[] = {
	{ "blast", true, N_("Omnissa (VMware) Horizon, Blast Extreme"),
	  { TCP(443), TCP(8443), TCP(22443), UDP(443), UDP(8443), UDP(22443) } },
	{ "ica", true, N_("Citrix HDX (ICA, CGP, EDT and audio)"),
	  { TCP(1494), TCP(2598), UDP(1494), UDP(2598), UDPS(16500, 16509) } },
	{ "rdp", true, N_("Remote Desktop"), { TCP(3389), UDP(3389) } },
	{ "pcoip", true, N_("PCoIP"), { TCP(4172), UDP(4172) } },
	{ "vnc", true, N_("VNC (RFB), displays 0 to 9"), { TCPS(5900, 5909) } },
	{ "rd-gateway", true, N_("Remote Desktop Gateway"), { TCP(443), UDP(3391) } },
	{ "https-gateway", true, N_("a gateway of screen transfer over HTTPS or QUIC"),
	  { TCP(443), UDP(443) } },
	{ "dns", false, N_("name resolution"), { TCP(53), UDP(53) } },
	{ "ntp", false, N_("time"), { UDP(123) } },
	{ "ssh", false, N_("Secure Shell"), { TCP(22) } },
	{ "http", false, N_("web, not encrypted"), { TCP(80) } },
	{ "https", false, N_("web"), { TCP(443) } },
	{ "smtp", false, N_("mail between servers"), { TCP(25) } },
	{ "submission", false, N_("mail from clients"), { TCP(465), TCP(587) } },
	{ "imaps", false, N_("mailboxes"), { TCP(993) } },
	{ "ipp", false, N_("printing (IPP)"), { TCP(631) } },
	{ "lpd", false, N_("printing (LPD)"), { TCP(515) } },
	{ "jetdirect", false, N_("printing (raw, port 9100)"), { TCP(9100) } },
	{ "smb", false, N_("Windows file sharing"), { TCP(445) } },
	{ "nfs", false, N_("NFS, version 4"), { TCP(2049) } },
	{ "kerberos", false, N_("Kerberos and its changes of passwords"),
	  { TCP(88), TCP(464), UDP(88), UDP(464) } },
	{ "ldap", false, N_("directory"), { TCP(389), UDP(389) } },
	{ "ldaps", false, N_("directory over TLS"), { TCP(636) } },
	{ "radius", false, N_("RADIUS"), { UDPS(1812, 1813) } },
	{ "syslog", false, N_("log"), { TCP(514), UDP(514) } },
	{ "syslog-tls", false, N_("log over TLS"), { TCP(6514) } },
	{ "snmp", false, N_("SNMP queries"), { UDP(161) } },
	{ "ping", false, N_("echo requests"), { { IPPROTO_ICMP, 8, 8 }, { IPPROTO_ICMPV6, 128, 128 } } },
	{ "ike", false, N_("IPsec key exchange, and ESP in UDP"), { UDP(500), UDP(4500) } },
	{ "openvpn", false, N_("OpenVPN"), { TCP(1194), UDP(1194) } },
	{ "wireguard", false, N_("WireGuard"), { UDP(51820) } },
	{ "l2tp", false, N_("L2TP in UDP"), { UDP(1701) } },
	{ NULL, false, NULL, { { 0 } } },
};

static const struct {
	const char *name;
	u8 number;
} protos[] = {
	{ "tcp", IPPROTO_TCP },	  { "udp", IPPROTO_UDP },     { "sctp", IPPROTO_SCTP },
	{ "dccp", IPPROTO_DCCP }, { "icmp", IPPROTO_ICMP },   { "icmpv6", IPPROTO_ICMPV6 },
	{ "esp", IPPROTO_ESP },	  { "ah", IPPROTO_AH },	      { "gre", IPPROTO_GRE },
	{ "igmp", IPPROTO_IGMP }, { "ipip", IPPROTO_IPIP },   { "6in4", IPPROTO_IPV6 },
	{ "ospf", 89 },		  { "pim", IPPROTO_PIM },     { "vrrp", 112 },
};

const struct kb_service_preset *kb_service_preset(const char *name)
{
	const struct kb_service_preset *preset;

	for (preset = kb_service_presets; preset->name; preset++)
		if (!strcmp(preset->name, name))
			return preset;
	return NULL;
}

unsigned int kb_service_preset_size(const struct kb_service_preset *preset)
{
	unsigned int n = 0;

	while (n < KB_PRESET_SERVICES_MAX && preset->services[n].proto)
		n++;
	return n;
}

/* Decimal digits without leading zeros, at most @max; moves *text on. */
static bool take_number(const char **text, unsigned int max, unsigned int *ret)
{
	const char *c = *text;
	unsigned int value = 0;

	if (!isdigit((unsigned char)*c) || (*c == '0' && isdigit((unsigned char)c[1])))
		return false;
	for (; isdigit((unsigned char)*c); c++) {
		value = value * 10 + (*c - '0');
		if (value > max)
			return false;
	}
	*text = c;
	*ret = value;
	return true;
}

int kb_proto_parse(const char *text, u8 *ret)
{
	unsigned int value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		if (strcmp(protos[i].name, text))
			continue;
		*ret = protos[i].number;
		return 0;
	}
	if (!take_number(&text, UINT8_MAX, &value) || *text)
		return -EINVAL;
	*ret = value;
	return 0;
}

bool kb_proto_has_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP ||
	       proto == IPPROTO_DCCP;
}

bool kb_proto_is_icmp(u8 proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

const char *kb_proto_name(u8 proto)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		if (protos[i].number == proto)
			return protos[i].name;
	return NULL;
}

const char *kb_proto_word(unsigned int i)
{
	return i < ARRAY_SIZE(protos) ? protos[i].name : NULL;
}

/* "443", "5000-5010" behind the slash. */
static bool take_ports(const char *text, struct kb_service *service)
{
	unsigned int first, last;

	if (!take_number(&text, UINT16_MAX, &first) || !first)
		return false;
	last = first;
	if (*text == '-') {
		text++;
		if (!take_number(&text, UINT16_MAX, &last))
			return false;
	}
	service->first = first;
	service->last = last;
	return !*text && first <= last;
}

/* What follows the protocol's name: NULL when nothing does. */
static bool take_detail(const char *detail, struct kb_service *service)
{
	unsigned int type;

	if (kb_proto_has_ports(service->proto))
		return !detail || take_ports(detail, service);
	/* One type each: "icmp" alone would let errors and redirects of all kinds through. */
	if (!kb_proto_is_icmp(service->proto))
		return !detail;
	if (!detail || !take_number(&detail, UINT8_MAX, &type) || *detail)
		return false;
	service->first = type;
	service->last = type;
	return true;
}

int kb_service_parse(const char *text, struct kb_service *ret)
{
	struct kb_service service = { .last = UINT16_MAX };
	const char *slash = strchr(text, '/');
	unsigned int number;
	char name[16];

	if (!strcmp(text, "any")) {
		*ret = service;
		return 0;
	}
	if (!strncmp(text, "ip/", 3)) {
		text += 3;
		if (!take_number(&text, UINT8_MAX, &number) || *text || !number ||
		    kb_proto_has_ports(number) || kb_proto_is_icmp(number))
			return -EINVAL;
		service.proto = number;
		*ret = service;
		return 0;
	}
	if ((size_t)snprintf(name, sizeof(name), "%.*s",
			     slash ? (int)(slash - text) : (int)strlen(text), text) >= sizeof(name))
		return -EINVAL;
	if (isdigit((unsigned char)name[0]) && strcmp(name, "6in4"))
		return -EINVAL;
	if (kb_proto_parse(name, &service.proto) < 0 ||
	    !take_detail(slash ? slash + 1 : NULL, &service))
		return -EINVAL;
	*ret = service;
	return 0;
}

void kb_service_to_text(const struct kb_service *service, char ret[KB_SERVICE_SIZE])
{
	const char *name = kb_proto_name(service->proto);

	if (!service->proto)
		snprintf(ret, KB_SERVICE_SIZE, "any");
	else if (!name)
		snprintf(ret, KB_SERVICE_SIZE, "ip/%u", service->proto);
	else if (!service->first && service->last == UINT16_MAX)
		snprintf(ret, KB_SERVICE_SIZE, "%s", name);
	else if (service->first == service->last)
		snprintf(ret, KB_SERVICE_SIZE, "%s/%u", name, service->first);
	else
		snprintf(ret, KB_SERVICE_SIZE, "%s/%u-%u", name, service->first, service->last);
}

int kb_service_compare(const struct kb_service *a, const struct kb_service *b)
{
	if (a->proto != b->proto)
		return (int)a->proto - (int)b->proto;
	if (a->first != b->first)
		return (int)a->first - (int)b->first;
	return (int)a->last - (int)b->last;
}

bool kb_service_covers(const struct kb_service *outer, const struct kb_service *inner)
{
	if (!outer->proto)
		return true;
	return outer->proto == inner->proto && outer->first <= inner->first &&
	       outer->last >= inner->last;
}

static bool is_web(const struct kb_service *service)
{
	return service->first <= 443 ? service->last >= 443 :
				       service->first <= 8443 && service->last >= 8443;
}

bool kb_service_is_screen(const struct kb_service *service)
{
	const struct kb_service_preset *preset;
	unsigned int i;

	if (is_web(service))
		return false;
	for (preset = kb_service_presets; preset->name; preset++)
		for (i = 0; preset->screen && i < kb_service_preset_size(preset); i++)
			if (kb_service_covers(&preset->services[i], service))
				return true;
	return false;
}
