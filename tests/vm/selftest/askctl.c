// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Asks the supplicant as the agent does, for scenarios:
 *   askctl SUPPLICANT facts|disconnect|reload [INTERFACE]
 *   askctl SUPPLICANT avoid INTERFACE BSSID
 *   askctl SUPPLICANT watch PID-FILE       one line an event, until it is ended; writes its pid when it listens
 *   askctl SUPPLICANT guard POLICY         keeps its files as the text POLICY has them, and tells
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/wifi/guard.h"
#include "agent/wifi/supplicant.h"
#include "agent/wifi/wpa_text.h"
#include "policy/source.h"

static const char *const events[KB_SUPPLICANT_EVENT_MAX] = {
	[KB_SUPPLICANT_CHANGED] = "changed",
	[KB_SUPPLICANT_CERTIFICATE] = "certificate",
	[KB_SUPPLICANT_FAILURE] = "failure",
	[KB_SUPPLICANT_CAME] = "came",
	[KB_SUPPLICANT_GONE] = "gone",
};

static void print_mac(const char *key, const u8 mac[6])
{
	printf("%s=%02x:%02x:%02x:%02x:%02x:%02x\n", key, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void on_notice(const struct kb_supplicant_notice *n, void *userdata)
{
	struct kb_guard **guard = userdata;

	printf("event=%s ifname=%s bssid=%02x:%02x:%02x:%02x:%02x:%02x detail=%s\n", events[n->event],
	       n->ifname, n->bssid[0], n->bssid[1], n->bssid[2], n->bssid[3], n->bssid[4], n->bssid[5],
	       n->detail);
	fflush(stdout);
	if (*guard)
		kb_guard_supplicant(*guard);
}

static int facts(struct kb_supplicant_link *link, const char *ifname)
{
	struct kb_supplicant_facts f;
	struct kb_fault why = {};
	u32 i;
	int r = kb_supplicant_ask(link, ifname, &f, &why);

	if (r) {
		printf("error=%s (%s)\n", why.text, strerror(-r));
		return 1;
	}
	printf("kind=%s\nknown=%d\ncompleted=%d\nport_authorized=%d\neap=%s\nca=%s\n",
	       kb_supplicant_name(kb_supplicant_kind(link)), f.known, f.completed, f.port_authorized,
	       f.eap, f.ca);
	print_mac("bssid", f.bssid);
	for (i = 0; i < f.n_servers; i++)
		printf("server=%s\n", f.servers[i]);
	printf("rsn_known=%d akms=%x pairwise=%x group=%x group_mgmt=%x mfp=%d%d\n", f.rsn_known,
	       f.rsn.akms, f.rsn.pairwise, f.rsn.group, f.rsn.group_mgmt, f.rsn.mfp_capable,
	       f.rsn.mfp_required);
	return 0;
}

static void on_told(int priority, const char *text, void *userdata)
{
	(void)userdata;
	printf("told=%d %s\n", priority, text);
	fflush(stdout);
}

static int guard(sd_event *event, struct kb_supplicant_link *link, const char *path,
		 struct kb_guard **ret)
{
	const struct kb_guard_host host = { .event = event, .tell = on_told };
	static struct kb_source source;
	struct kb_diags diags = {};
	struct kb_fault why = {};

	if (kb_source_load(path, &diags, &source, &why)) {
		printf("error=%s\n", why.text);
		return 1;
	}
	if (kb_guard_new(&host, ret))
		return 1;
	kb_guard_policy(*ret, source.agent, link);
	return sd_event_loop(event) < 0;
}

static int watch(sd_event *event, const char *pid_file)
{
	FILE *file = fopen(pid_file, "w");

	if (!file || fprintf(file, "%d\n", getpid()) < 0 || fclose(file))
		return 1;
	return sd_event_loop(event) < 0;
}

int main(int argc, char **argv)
{
	struct kb_supplicant_link *link;
	struct kb_guard *keeper = NULL;
	struct kb_fault why = {};
	enum kb_supplicant wanted;
	sd_event *event;
	u8 mac[6];
	int r;

	if (argc < 3)
		return 2;
	wanted = strcmp(argv[1], "auto") ? kb_provision_supplicant(argv[1]) : KB_SUPPLICANT_AUTO;
	if (sd_event_new(&event) < 0 ||
	    kb_supplicant_open(wanted, event, on_notice, &keeper, &link, &why)) {
		printf("error=%s\n", why.text);
		return 1;
	}
	if (!strcmp(argv[2], "facts") && argc == 4)
		return facts(link, argv[3]);
	if (!strcmp(argv[2], "watch") && argc == 4)
		return watch(event, argv[3]);
	if (!strcmp(argv[2], "guard") && argc == 4)
		return guard(event, link, argv[3], &keeper);
	if (!strcmp(argv[2], "disconnect") && argc == 4)
		r = kb_supplicant_disconnect(link, argv[3], &why);
	else if (!strcmp(argv[2], "avoid") && argc == 5 && kb_wpa_mac(argv[4], mac))
		r = kb_supplicant_avoid(link, argv[3], mac, &why);
	else if (!strcmp(argv[2], "reload"))
		r = kb_supplicant_reload(link, &why);
	else
		return 2;
	/* what goes by the bus goes out before we do */
	kb_supplicant_close(link);
	printf("result=%d %s\n", r, why.text);
	return r ? 1 : 0;
}
