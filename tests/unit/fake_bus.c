// SPDX-License-Identifier: GPL-2.0-or-later
/* A message bus of the test's own, and who is on it. */
#include "tests/unit/fake_bus.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define DEVICE	"/net/connman/iwd/0/3"

struct fake_peer {
	struct fake_world *world;
	unsigned int who;
	char address[256];
	pthread_t thread;
	pthread_mutex_t lock;
	bool ready, over, state_signal;
	const char *status, *parameter;	/* of an EAP signal that is to be sent */
	sd_bus *bus;
};

pid_t fake_bus_start(const char *dir, const char *path)
{
	char conf[512], arg[600];
	FILE *out;
	pid_t pid;
	int i;

	snprintf(conf, sizeof(conf), "%s/bus.conf", dir);
	out = fopen(conf, "w");
	assert_non_null(out);
	fprintf(out, "<busconfig><type>session</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>"
		"<policy context='default'><allow user='*'/><allow own='*'/><allow send_destination='*'/>"
		"<allow send_type='signal'/><allow send_type='method_return'/><allow send_type='error'/>"
		"<allow receive_type='method_call'/><allow receive_type='signal'/>"
		"<allow receive_type='method_return'/><allow receive_type='error'/></policy></busconfig>\n", path);
	fclose(out);
	snprintf(arg, sizeof(arg), "--config-file=%s", conf);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		execlp("dbus-daemon", "dbus-daemon", arg, "--nofork", "--nopidfile", NULL);
		_exit(127);
	}
	for (i = 0; i < 6000 && access(path, F_OK); i++) {
		assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	assert_int_equal(access(path, F_OK), 0);
	return pid;
}

void fake_bus_stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

void fake_lock(struct fake_peer *peer)
{
	pthread_mutex_lock(&peer->lock);
}

void fake_unlock(struct fake_peer *peer)
{
	pthread_mutex_unlock(&peer->lock);
}

static void put_station(sd_bus_message *m, const struct fake_world *w)
{
	sd_bus_message_open_container(m, 'e', "sa{sv}");
	sd_bus_message_append(m, "s", "net.connman.iwd.Station");
	sd_bus_message_open_container(m, 'a', "{sv}");
	sd_bus_message_append(m, "{sv}{sv}", "State", "s", w->state, "Scanning", "b", 0);
	if (w->network)
		sd_bus_message_append(m, "{sv}", "ConnectedNetwork", "o", w->network);
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
}

static int answer_objects(sd_bus_message *call, struct fake_world *w)
{
	sd_bus_message *m;
	int r;

	sd_bus_message_new_method_return(call, &m);
	sd_bus_message_open_container(m, 'a', "{oa{sa{sv}}}");
	sd_bus_message_append(m, "{oa{sa{sv}}}", "/net/connman/iwd", 1, "net.connman.iwd.AgentManager", 0);
	sd_bus_message_open_container(m, 'e', "oa{sa{sv}}");
	sd_bus_message_append(m, "o", DEVICE);
	sd_bus_message_open_container(m, 'a', "{sa{sv}}");
	sd_bus_message_append(m, "{sa{sv}}", "net.connman.iwd.Device", 2, "Name", "s", w->device,
			      "Powered", "b", 1);
	put_station(m, w);
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
	r = sd_bus_send(NULL, m, NULL);
	sd_bus_message_unref(m);
	if (w->state_then)
		w->state = w->state_then;
	return r;
}

static int answer_iwd(sd_bus_message *call, const char *member, struct fake_world *w)
{
	if (!strcmp(member, "GetManagedObjects"))
		return answer_objects(call, w);
	if (!strcmp(member, "GetDiagnostics"))
		return w->bssid ? sd_bus_reply_method_return(call, "a{sv}", 1, "ConnectedBss", "s", w->bssid) :
				  sd_bus_reply_method_errorf(call, "net.connman.iwd.NotConnected", "no");
	w->disconnects++;
	return sd_bus_reply_method_return(call, NULL);
}

static int answer_applied(sd_bus_message *call, struct fake_world *w)
{
	sd_bus_message *m;
	int r;

	if (!w->applied_eap)
		return sd_bus_reply_method_errorf(call, "org.freedesktop.NetworkManager.Device.NotActive", "no");
	sd_bus_message_new_method_return(call, &m);
	sd_bus_message_open_container(m, 'a', "{sa{sv}}");
	sd_bus_message_append(m, "{sa{sv}}", "connection", 1, "id", "s", "x");
	sd_bus_message_open_container(m, 'e', "sa{sv}");
	sd_bus_message_append(m, "s", "802-1x");
	sd_bus_message_open_container(m, 'a', "{sv}");
	sd_bus_message_append(m, "{sv}{sv}", "eap", "as", 1, w->applied_eap, "domain-match", "s",
			      w->applied_domain);
	sd_bus_message_open_container(m, 'e', "sv");
	sd_bus_message_append(m, "s", "ca-cert");
	sd_bus_message_open_container(m, 'v', "ay");
	sd_bus_message_append_array(m, 'y', w->applied_ca, strlen(w->applied_ca) + 1);
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
	sd_bus_message_append(m, "t", (uint64_t)1);
	r = sd_bus_send(NULL, m, NULL);
	sd_bus_message_unref(m);
	return r;
}

static int answer_get(sd_bus_message *call, struct fake_world *w)
{
	const char *interface, *property;
	sd_bus_message *m;
	int r;

	sd_bus_message_read(call, "ss", &interface, &property);
	if (!strcmp(property, "Managed"))
		return sd_bus_reply_method_return(call, "v", "b", w->managed);
	if (!strcmp(interface, "org.freedesktop.NetworkManager.Device"))
		return sd_bus_reply_method_return(call, "v", "u", w->device_state);
	if (!strcmp(property, "State"))
		return sd_bus_reply_method_return(call, "v", "s", w->wpa_state);
	if (!strcmp(property, "Ifname"))
		return sd_bus_reply_method_return(call, "v", "s", "wlan0");
	if (!strcmp(property, "CurrentNetwork"))
		return sd_bus_reply_method_return(call, "v", "o", w->wpa_network);
	if (!strcmp(property, "CurrentBSS"))
		return sd_bus_reply_method_return(call, "v", "o", "/bss");
	if (!strcmp(property, "Properties"))
		return sd_bus_reply_method_return(call, "v", "a{sv}", 4, "ca_cert", "s", w->wpa_ca, "domain_match",
						  "s", w->wpa_domain, "eap", "s", w->wpa_eap, "mode", "s", "0");
	sd_bus_message_new_method_return(call, &m);
	sd_bus_message_open_container(m, 'v', "ay");
	sd_bus_message_append_array(m, 'y', w->wpa_bssid, 6);
	sd_bus_message_close_container(m);
	r = sd_bus_send(NULL, m, NULL);
	sd_bus_message_unref(m);
	return r;
}

static int answer_nm(sd_bus_message *call, const char *member, struct fake_world *w)
{
	const char *ifname;

	if (!strcmp(member, "GetDeviceByIpIface") || !strcmp(member, "GetInterface")) {
		sd_bus_message_read(call, "s", &ifname);
		if (strcmp(ifname, "wlan0"))
			return sd_bus_reply_method_errorf(call, *member == 'G' && member[3] == 'D' ?
							  "org.freedesktop.NetworkManager.UnknownDevice" :
							  "fi.w1.wpa_supplicant1.InterfaceUnknown", "no");
		return sd_bus_reply_method_return(call, "o", "/device");
	}
	if (!strcmp(member, "Get"))
		return answer_get(call, w);
	if (!strcmp(member, "GetAppliedConnection"))
		return answer_applied(call, w);
	if (!strcmp(member, "Disconnect"))
		w->disconnects++;
	else
		w->reloads++;
	return sd_bus_reply_method_return(call, !strcmp(member, "ReloadConnections") ? "b" : NULL, 1);
}

static int on_message(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct fake_peer *peer = userdata;
	struct fake_world *w = peer->world;
	const char *member = sd_bus_message_get_member(m);
	uint8_t type;
	int r = 0;

	(void)error;
	sd_bus_message_get_type(m, &type);
	if (type != SD_BUS_MESSAGE_METHOD_CALL)
		return 0;
	fake_lock(peer);
	w->calls++;
	if (w->mood == FAKE_GARBAGE)
		r = sd_bus_reply_method_return(m, "ai", 2, 1, 2);
	else if (w->mood == FAKE_ERRORS)
		r = sd_bus_reply_method_errorf(m, "net.example.Failed", "no");
	else if (w->mood == FAKE_ANSWERS)
		r = peer->who & FAKE_IWD ? answer_iwd(m, member, w) : answer_nm(m, member, w);
	fake_unlock(peer);
	return r < 0 ? r : 1;
}

static void send_signals(struct fake_peer *peer)
{
	const char *status;
	bool state;

	fake_lock(peer);
	state = peer->state_signal;
	status = peer->status;
	peer->state_signal = false;
	peer->status = NULL;
	fake_unlock(peer);
	if (state)
		sd_bus_emit_signal(peer->bus, DEVICE, "org.freedesktop.DBus.Properties", "PropertiesChanged",
				   "sa{sv}as", "net.connman.iwd.Station", 1, "State", "s", "roaming", 0);
	if (status)
		sd_bus_emit_signal(peer->bus, "/device", "fi.w1.wpa_supplicant1.Interface", "EAP", "ss", status,
				   peer->parameter);
}

static void *serve(void *userdata)
{
	static const char *const names[] = { "net.connman.iwd", "org.freedesktop.NetworkManager",
					     "fi.w1.wpa_supplicant1" };
	struct fake_peer *peer = userdata;
	bool over = false;
	unsigned int i;

	sd_bus_new(&peer->bus);
	sd_bus_set_address(peer->bus, peer->address);
	sd_bus_set_bus_client(peer->bus, 1);
	sd_bus_start(peer->bus);
	sd_bus_add_filter(peer->bus, NULL, on_message, peer);
	for (i = 0; i < 3; i++)
		if (peer->who & (1u << i))
			sd_bus_request_name(peer->bus, names[i], 0);
	fake_lock(peer);
	peer->ready = true;
	fake_unlock(peer);
	while (!over) {
		send_signals(peer);
		if (sd_bus_process(peer->bus, NULL) <= 0)
			sd_bus_wait(peer->bus, 10000);
		fake_lock(peer);
		over = peer->over;
		fake_unlock(peer);
	}
	send_signals(peer);
	sd_bus_flush_close_unref(peer->bus);
	return NULL;
}

struct fake_peer *fake_peer_start(const char *path, unsigned int who, struct fake_world *world)
{
	struct fake_peer *peer = calloc(1, sizeof(*peer));
	bool ready = false;
	int i;

	assert_non_null(peer);
	peer->world = world;
	peer->who = who;
	snprintf(peer->address, sizeof(peer->address), "unix:path=%s", path);
	pthread_mutex_init(&peer->lock, NULL);
	assert_int_equal(pthread_create(&peer->thread, NULL, serve, peer), 0);
	for (i = 0; i < 6000 && !ready; i++) {
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
		fake_lock(peer);
		ready = peer->ready;
		fake_unlock(peer);
	}
	assert_true(ready);
	return peer;
}

void fake_peer_stop(struct fake_peer *peer)
{
	fake_lock(peer);
	peer->over = true;
	fake_unlock(peer);
	pthread_join(peer->thread, NULL);
	free(peer);
}

void fake_signal_state(struct fake_peer *peer)
{
	fake_lock(peer);
	peer->state_signal = true;
	fake_unlock(peer);
}

void fake_signal_eap(struct fake_peer *peer, const char *status, const char *parameter)
{
	fake_lock(peer);
	peer->status = status;
	peer->parameter = parameter;
	fake_unlock(peer);
}
