// SPDX-License-Identifier: GPL-2.0-or-later
/* iwd: its station's state from the bus, what it demands of the server from its files. */
#include "agent/wifi/iwd_text.h"
#include "agent/wifi/supplicant_backend.h"
#include "agent/wifi/wpa_text.h"
#include "policy/file.h"
#include "policy/i18n.h"

#define IWD_FILE_SIZE_MAX	(256 * 1024)	/* with certificates inside */
#define PATH_SIZE		256
#define STATION			"net.connman.iwd.Station"

struct kb_iwd {
	struct kb_supplicant_listener to;
	struct kb_bus *bus;		/* borrowed */
	const char *dir;
};

struct station {
	char device[PATH_SIZE];		/* "" = no device of that name */
	char state[32];
	char network[PATH_SIZE];	/* "" = none */
};

/* One object of GetManagedObjects: is it the device, and what does its station say? */
struct object {
	const char *ifname;
	bool ours;
	struct station station;
};

static int on_device_entry(sd_bus_message *m, const char *key, const char *type, void *userdata)
{
	struct object *object = userdata;
	char name[KB_IFNAME_MAX + 1];
	int r;

	if (strcmp(key, "Name"))
		return 0;
	r = kb_bus_read_text(m, type, name, sizeof(name));
	if (r)
		return r == -EMSGSIZE ? 1 : r;
	object->ours = !strcmp(name, object->ifname);
	return 1;
}

static int on_station_entry(sd_bus_message *m, const char *key, const char *type, void *userdata)
{
	struct station *station = userdata;
	int r;

	if (!strcmp(key, "State"))
		r = kb_bus_read_text(m, type, station->state, sizeof(station->state));
	else if (!strcmp(key, "ConnectedNetwork"))
		r = kb_bus_read_text(m, type, station->network, sizeof(station->network));
	else
		return 0;
	return r ?: 1;
}

static int on_nothing(sd_bus_message *m, const char *key, const char *type, void *userdata)
{
	(void)m;
	(void)key;
	(void)type;
	(void)userdata;
	return 0;
}

static int read_object(sd_bus_message *m, struct object *object)
{
	const char *path, *interface;
	int r;

	if (sd_bus_message_read_basic(m, 'o', &path) <= 0 ||
	    sd_bus_message_enter_container(m, 'a', "{sa{sv}}") <= 0)
		return -EBADMSG;
	while ((r = sd_bus_message_enter_container(m, 'e', "sa{sv}")) > 0) {
		if (sd_bus_message_read_basic(m, 's', &interface) <= 0)
			return -EBADMSG;
		if (!strcmp(interface, "net.connman.iwd.Device"))
			r = kb_bus_walk(m, on_device_entry, object);
		else if (!strcmp(interface, STATION))
			r = kb_bus_walk(m, on_station_entry, &object->station);
		else
			r = kb_bus_walk(m, on_nothing, NULL);
		if (r)
			return r;
		if (sd_bus_message_exit_container(m) < 0)
			return -EBADMSG;
	}
	if (r < 0 || sd_bus_message_exit_container(m) < 0 || strlen(path) >= PATH_SIZE)
		return -EBADMSG;
	strcpy(object->station.device, path);
	return 0;
}

static int find_station(struct kb_iwd *iwd, const char *ifname, u64 deadline, struct station *ret)
{
	KB_MESSAGE sd_bus_message *m = NULL;
	int r = kb_bus_call(iwd->bus, KB_BUS_IWD, deadline, "/", "org.freedesktop.DBus.ObjectManager",
			    "GetManagedObjects", &m, "");

	if (r)
		return r;
	if (sd_bus_message_enter_container(m, 'a', "{oa{sa{sv}}}") <= 0)
		return -EBADMSG;
	while ((r = sd_bus_message_enter_container(m, 'e', "oa{sa{sv}}")) > 0) {
		struct object object = { .ifname = ifname };

		r = read_object(m, &object);
		if (r)
			return r;
		if (object.ours) {
			*ret = object.station;
			return 0;
		}
		if (sd_bus_message_exit_container(m) < 0)
			return -EBADMSG;
	}
	return r < 0 ? -EBADMSG : -ENODEV;
}

static int on_diagnostic(sd_bus_message *m, const char *key, const char *type, void *userdata)
{
	u8 *bssid = userdata;
	char text[18];
	int r;

	if (strcmp(key, "ConnectedBss"))
		return 0;
	r = kb_bus_read_text(m, type, text, sizeof(text));
	if (r)
		return r;
	return kb_wpa_mac(text, bssid) ? 1 : -EBADMSG;
}

/* Left zero while it is not connected; older ones do not know the question. */
static int get_bssid(struct kb_iwd *iwd, const char *device, u64 deadline, u8 ret[6])
{
	KB_MESSAGE sd_bus_message *m = NULL;
	int r = kb_bus_call(iwd->bus, KB_BUS_IWD, deadline, device,
			    "net.connman.iwd.StationDiagnostic", "GetDiagnostics", &m, "");

	if (r == -ETIMEDOUT || r == -ENOENT)
		return r;
	return r ? 0 : kb_bus_walk(m, on_diagnostic, ret);
}

static int read_demands(struct kb_iwd *iwd, const char *network, struct kb_supplicant_facts *facts,
			struct kb_fault *ret_fault)
{
	KB_FREE char *path = NULL;
	KB_FREE uint8_t *text = NULL;
	char name[KB_IWD_FILE_MAX];
	u8 ssid[KB_SSID_MAX], ssid_len;
	size_t len;
	int r;

	/* of another type than 802.1X: it demands nothing of any server */
	if (!kb_iwd_path_ssid(network, ssid, &ssid_len))
		return 0;
	kb_iwd_file_name(ssid, ssid_len, name);
	path = kb_path_join(iwd->dir, name);
	if (!path)
		return -ENOMEM;
	r = kb_file_read(path, IWD_FILE_SIZE_MAX, &text, &len);
	if (r == -ENOENT)
		return 0;
	if (!r)
		r = kb_iwd_demands((const char *)text, len, facts);
	return r ? kb_fault(ret_fault, r, _("cannot read what %s demands: %s"), path, strerror(-r)) : 0;
}

static int trouble(int r, struct kb_fault *ret_fault)
{
	if (r == -ETIMEDOUT)
		return kb_fault(ret_fault, r, _("%s does not answer"), "iwd");
	if (r == -EBADMSG)
		return kb_fault(ret_fault, r, _("%s answers something that cannot be understood"), "iwd");
	return r;
}

static int iwd_ask(void *self, const char *ifname, u64 deadline, struct kb_supplicant_facts *ret,
		   struct kb_fault *ret_fault)
{
	struct kb_supplicant_facts facts = { .known = true };
	struct station before = {}, after = {};
	struct kb_iwd *iwd = self;
	int r = find_station(iwd, ifname, deadline, &before);

	if (r)
		return trouble(r, ret_fault);
	/* roaming: it is with neither */
	facts.completed = !strcmp(before.state, "connected");
	facts.port_authorized = facts.completed;
	if (*before.network) {
		r = read_demands(iwd, before.network, &facts, ret_fault);
		if (r)
			return r;
		r = get_bssid(iwd, before.device, deadline, facts.bssid);
		if (!r)
			r = find_station(iwd, ifname, deadline, &after);
		if (r)
			return trouble(r, ret_fault);
		if (strcmp(before.state, after.state) || strcmp(before.network, after.network))
			facts.completed = facts.port_authorized = false;
	}
	if (!facts.completed)
		*facts.eap = '\0';
	*ret = facts;
	return 0;
}

static int iwd_disconnect(void *self, const char *ifname, u64 deadline, struct kb_fault *ret_fault)
{
	struct station station = {};
	struct kb_iwd *iwd = self;
	int r = find_station(iwd, ifname, deadline, &station);

	/* it answers when it is done with it, which may be later than we can wait */
	if (!r)
		r = kb_bus_send(iwd->bus, KB_BUS_IWD, station.device, STATION, "Disconnect", "");
	return trouble(r, ret_fault);
}

/* Once told to disconnect it joins nothing by itself, until its device is another. */
static int iwd_rejoin(void *self, const char *ifname, u64 deadline, struct kb_fault *ret_fault)
{
	struct station station = {};
	int r = find_station(self, ifname, deadline, &station);

	return r ? trouble(r, ret_fault) : -EOPNOTSUPP;
}

static int iwd_avoid(void *self, const char *ifname, const u8 bssid[6], u64 deadline,
		     struct kb_fault *ret_fault)
{
	struct station station = {};
	int r = find_station(self, ifname, deadline, &station);

	(void)bssid;
	if (r)
		return trouble(r, ret_fault);
	return kb_fault(ret_fault, -EOPNOTSUPP, _("%s cannot avoid an access point"), "iwd");
}

/*
 * It reads networks again by itself, its main.conf only when it starts. Where systemd is,
 * it is started anew: what was joined under another configuration ends with that.
 */
static int iwd_reload(void *self, u64 deadline, struct kb_fault *ret_fault)
{
	struct kb_iwd *iwd = self;

	(void)deadline;
	(void)ret_fault;
	if (!kb_bus_there(iwd->bus, KB_BUS_SYSTEMD))
		return 0;
	return kb_bus_send(iwd->bus, KB_BUS_SYSTEMD, "/org/freedesktop/systemd1",
			   "org.freedesktop.systemd1.Manager", "TryRestartUnit", "ss", "iwd.service",
			   "replace");
}

static bool iwd_there(void *self)
{
	struct kb_iwd *iwd = self;

	return kb_bus_there(iwd->bus, KB_BUS_IWD);
}

const struct kb_supplicant_ops kb_iwd_ops = {
	.there = iwd_there,
	.ask = iwd_ask,
	.disconnect = iwd_disconnect,
	.rejoin = iwd_rejoin,
	.avoid = iwd_avoid,
	.reload = iwd_reload,
};

/* Scans change other properties all the time; they are of no interest. */
static void on_properties(sd_bus_message *m, void *userdata)
{
	static const char *const properties[] = { "State", "ConnectedNetwork", NULL };
	struct kb_iwd *iwd = userdata;

	if (kb_bus_changed(m, properties))
		kb_supplicant_tell(&iwd->to, KB_SUPPLICANT_CHANGED, "", NULL, "");
}

/* Devices come and go with their own objects; it makes interfaces anew when it starts. */
static void on_objects(sd_bus_message *m, void *userdata)
{
	struct kb_iwd *iwd = userdata;
	const char *path;

	if (sd_bus_message_read_basic(m, 'o', &path) <= 0)
		return;
	if (!strchr(path, '_'))		/* networks have one; they come with every scan */
		kb_supplicant_tell(&iwd->to, KB_SUPPLICANT_CHANGED, "", NULL, "");
}

int kb_iwd_new(const struct kb_supplicant_places *places, const struct kb_supplicant_listener *to,
	       struct kb_bus *bus, struct kb_iwd **ret)
{
	struct kb_iwd *iwd = calloc(1, sizeof(*iwd));
	int r;

	if (!iwd)
		return -ENOMEM;
	*iwd = (struct kb_iwd){ .to = *to, .bus = bus, .dir = places->iwd_dir };
	r = kb_bus_follow(bus, "type='signal',sender='net.connman.iwd',member='PropertiesChanged',"
			  "interface='org.freedesktop.DBus.Properties',arg0='" STATION "'",
			  on_properties, iwd);
	if (!r)
		r = kb_bus_follow(bus, "type='signal',sender='net.connman.iwd',"
				  "interface='org.freedesktop.DBus.ObjectManager'", on_objects, iwd);
	if (r) {
		free(iwd);
		return r;
	}
	*ret = iwd;
	return 0;
}

void kb_iwd_free(struct kb_iwd *iwd)
{
	free(iwd);
}
