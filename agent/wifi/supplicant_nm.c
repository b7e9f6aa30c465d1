// SPDX-License-Identifier: GPL-2.0-or-later
/* NetworkManager: whether it manages an interface; what came of it says the supplicant below. */
#include "agent/wifi/supplicant_backend.h"
#include "agent/wifi/wpa_text.h"
#include "policy/i18n.h"

#define PATH_SIZE	256
#define NM_DEVICE	"org.freedesktop.NetworkManager.Device"
#define WPA_INTERFACE	"fi.w1.wpa_supplicant1.Interface"
/* NMDeviceState */
#define NM_IP_CONFIG	70
#define NM_ACTIVATED	100
/* What an event may cost to find out where it happened. */
#define EVENT_PATIENCE_USEC	(800 * 1000)

struct kb_nm {
	struct kb_supplicant_listener to;
	struct kb_bus *bus;		/* borrowed, as are: */
	struct kb_wpa *wpa;
	struct kb_iwd *iwd;
};

static int trouble(int r, struct kb_fault *ret_fault)
{
	if (r == -ETIMEDOUT)
		return kb_fault(ret_fault, r, _("%s does not answer"), "NetworkManager");
	if (r == -EBADMSG || r == -EMSGSIZE)
		return kb_fault(ret_fault, -EBADMSG, _("%s answers something that cannot be understood"),
				"NetworkManager");
	return r;
}

/* The device; -ENODEV when NetworkManager knows none of that name, or leaves it alone. */
static int find_device(struct kb_nm *nm, const char *ifname, u64 deadline, char ret[PATH_SIZE])
{
	KB_MESSAGE sd_bus_message *m = NULL;
	u32 managed;
	int r = kb_bus_call(nm->bus, KB_BUS_NETWORKMANAGER, deadline, "/org/freedesktop/NetworkManager",
			    "org.freedesktop.NetworkManager", "GetDeviceByIpIface", &m, "s", ifname);

	if (!r)
		r = kb_bus_read_text(m, "o", ret, PATH_SIZE);
	if (!r)
		r = kb_bus_get_number(nm->bus, KB_BUS_NETWORKMANAGER, deadline, ret, NM_DEVICE, "Managed",
				      'b', &managed);
	return r ?: managed ? 0 : -ENODEV;
}

/* wpa_supplicant's network, as D-Bus shows it: values are as in its configuration. */
static int on_network_entry(sd_bus_message *m, const char *key, const char *type, void *userdata)
{
	char servers[KB_SERVERS_MAX * (KB_SERVER_NAME_MAX + 1) + 1], eap[64], path[KB_FILE_MAX + 1];
	struct kb_supplicant_facts *facts = userdata;
	const char *value;
	int r;

	if (strcmp(type, "s"))
		return 0;
	if (sd_bus_message_read_basic(m, 's', &value) <= 0)
		return -EBADMSG;
	if (!strcmp(key, "ca_cert")) {
		r = *facts->ca ? 0 : kb_wpa_value(value, facts->ca, sizeof(facts->ca));
	} else if (!strcmp(key, "ca_path")) {
		r = kb_wpa_value(value, path, sizeof(path));
		if (!r && *path)
			strcpy(facts->ca, path);
	} else if (!strcmp(key, "domain_match")) {
		r = kb_wpa_value(value, servers, sizeof(servers));
		r = r ?: kb_wpa_servers(servers, facts);
	} else if (!strcmp(key, "eap")) {
		r = kb_wpa_word(value, eap, sizeof(eap));
		/* of several allowed ones it does not say which ran */
		if (!r && !strchr(eap, ' '))
			snprintf(facts->eap, sizeof(facts->eap), "%.15s", eap);
	} else {
		return 1;
	}
	return r == -ENODATA || !r ? 1 : -EBADMSG;
}

/* wpa_supplicant's interface of that name. */
static int wpa_find(struct kb_nm *nm, const char *ifname, u64 deadline, char ret[PATH_SIZE])
{
	KB_MESSAGE sd_bus_message *m = NULL;
	int r = kb_bus_call(nm->bus, KB_BUS_WPA, deadline, "/fi/w1/wpa_supplicant1",
			    "fi.w1.wpa_supplicant1", "GetInterface", &m, "s", ifname);

	return r ?: kb_bus_read_text(m, "o", ret, PATH_SIZE);
}

static int wpa_get(struct kb_nm *nm, const char *path, u64 deadline, const char *property,
		   char *ret, size_t size)
{
	return kb_bus_get_text(nm->bus, KB_BUS_WPA, deadline, path, WPA_INTERFACE, property, ret, size);
}

static int wpa_bssid(struct kb_nm *nm, const char *path, u64 deadline, u8 ret[6])
{
	char bss[PATH_SIZE];
	int r = wpa_get(nm, path, deadline, "CurrentBSS", bss, sizeof(bss));

	if (r || !strcmp(bss, "/"))
		return r;
	r = kb_bus_get_bytes(nm->bus, KB_BUS_WPA, deadline, bss, "fi.w1.wpa_supplicant1.BSS", "BSSID",
			     ret, 6);
	/* it is forgotten when a scan did not show it again */
	return r == -ENODEV ? 0 : r;
}

/* What wpa_supplicant, which NetworkManager drives by the bus, did. -ENODEV: it is not below. */
static int ask_wpa(struct kb_nm *nm, const char *ifname, u64 deadline,
		   struct kb_supplicant_facts *facts)
{
	char path[PATH_SIZE], network[PATH_SIZE] = "", state[32], after[PATH_SIZE];
	u8 bssid[6] = {};
	int r = wpa_find(nm, ifname, deadline, path);

	if (!r)
		r = wpa_get(nm, path, deadline, "State", state, sizeof(state));
	if (!r)
		r = wpa_get(nm, path, deadline, "CurrentNetwork", network, sizeof(network));
	if (!r)
		r = wpa_bssid(nm, path, deadline, facts->bssid);
	if (r || !strcmp(network, "/"))
		return r;
	facts->completed = !strcmp(state, "completed");
	r = kb_bus_get_dict(nm->bus, KB_BUS_WPA, deadline, network, "fi.w1.wpa_supplicant1.Network",
			    "Properties", on_network_entry, facts);
	if (!r)
		r = wpa_get(nm, path, deadline, "CurrentNetwork", after, sizeof(after));
	if (!r)
		r = wpa_bssid(nm, path, deadline, bssid);
	if (!r)
		r = wpa_get(nm, path, deadline, "State", state, sizeof(state));
	/* it went on meanwhile; -ENODEV now is not "never was" */
	if (r == -ENODEV || (!r && (strcmp(network, after) || memcmp(bssid, facts->bssid, 6) ||
				    strcmp(state, "completed"))))
		facts->completed = false;
	return r == -ENODEV ? 0 : r;
}

/* "file:///etc/ca.pem\0" of an ay */
static int read_file_url(sd_bus_message *m, char *ret, size_t size)
{
	static const char scheme[] = "file://";
	const char *data;
	const void *bytes;
	size_t len;

	if (sd_bus_message_read_array(m, 'y', &bytes, &len) < 0)
		return -EBADMSG;
	data = bytes;
	*ret = '\0';
	/* one without a name is the certificate itself: no file of ours */
	if (len < sizeof(scheme) || data[len - 1] || strlen(data) != len - 1 ||
	    strncmp(data, scheme, strlen(scheme)))
		return 0;
	if (len - strlen(scheme) > size)
		return -EBADMSG;
	strcpy(ret, data + strlen(scheme));
	return 0;
}

static int read_eap(sd_bus_message *m, char *ret, size_t size)
{
	const char *method, *first = NULL;
	size_t i, n = 0;

	if (sd_bus_message_enter_container(m, 'a', "s") <= 0)
		return -EBADMSG;
	while (sd_bus_message_read_basic(m, 's', &method) > 0)
		if (!n++)
			first = method;
	if (n == 1 && strlen(first) < size)
		for (i = 0; i <= strlen(first); i++)
			ret[i] = first[i] >= 'a' && first[i] <= 'z' ? first[i] - 'a' + 'A' : first[i];
	return sd_bus_message_exit_container(m) < 0 ? -EBADMSG : 0;
}

static int on_8021x_entry(sd_bus_message *m, const char *key, const char *type, void *userdata)
{
	char servers[KB_SERVERS_MAX * (KB_SERVER_NAME_MAX + 1) + 1], path[KB_FILE_MAX + 1];
	struct kb_supplicant_facts *facts = userdata;
	int r;

	if (!strcmp(key, "eap") && !strcmp(type, "as")) {
		r = read_eap(m, facts->eap, sizeof(facts->eap));
	} else if (!strcmp(key, "ca-cert") && !strcmp(type, "ay")) {
		r = *facts->ca ? 0 : read_file_url(m, facts->ca, sizeof(facts->ca));
		return r < 0 ? r : 1;
	} else if (!strcmp(key, "ca-path")) {
		r = kb_bus_read_text(m, type, path, sizeof(path));
		if (!r && *path)
			strcpy(facts->ca, path);
	} else if (!strcmp(key, "domain-match")) {
		r = kb_bus_read_text(m, type, servers, sizeof(servers));
		r = r ?: kb_wpa_servers(servers, facts);
	} else {
		return 0;
	}
	return r ? -EBADMSG : 1;
}

static int on_nothing(sd_bus_message *m, const char *key, const char *type, void *userdata)
{
	(void)m;
	(void)key;
	(void)type;
	(void)userdata;
	return 0;
}

/* The settings that were applied when it was activated, not those that stand in the file now. */
static int ask_applied(struct kb_nm *nm, const char *device, u64 deadline,
		       struct kb_supplicant_facts *facts)
{
	KB_MESSAGE sd_bus_message *m = NULL;
	const char *setting;
	int r = kb_bus_call(nm->bus, KB_BUS_NETWORKMANAGER, deadline, device, NM_DEVICE,
			    "GetAppliedConnection", &m, "u", 0);

	if (r)
		return r == -ETIMEDOUT || r == -ENOENT ? r : 0;	/* nothing is active */
	if (sd_bus_message_enter_container(m, 'a', "{sa{sv}}") <= 0)
		return -EBADMSG;
	while ((r = sd_bus_message_enter_container(m, 'e', "sa{sv}")) > 0) {
		if (sd_bus_message_read_basic(m, 's', &setting) <= 0)
			return -EBADMSG;
		r = kb_bus_walk(m, strcmp(setting, "802-1x") ? on_nothing : on_8021x_entry, facts);
		if (r)
			return r;
		if (sd_bus_message_exit_container(m) < 0)
			return -EBADMSG;
	}
	return r < 0 ? -EBADMSG : 0;
}

/* Below there is neither wpa_supplicant nor iwd that we can ask: its own word. */
static int ask_alone(struct kb_nm *nm, const char *device, u64 deadline,
		     struct kb_supplicant_facts *facts)
{
	u32 state;
	int r = kb_bus_get_number(nm->bus, KB_BUS_NETWORKMANAGER, deadline, device, NM_DEVICE, "State",
				  'u', &state);

	/* the link is through when addresses are looked for, which our own gate may still prevent */
	if (!r)
		facts->completed = state >= NM_IP_CONFIG && state <= NM_ACTIVATED;
	return r ?: ask_applied(nm, device, deadline, facts);
}

static int nm_ask(void *self, const char *ifname, u64 deadline, struct kb_supplicant_facts *ret,
		  struct kb_fault *ret_fault)
{
	struct kb_supplicant_facts facts = { .known = true };
	char device[PATH_SIZE];
	struct kb_nm *nm = self;
	int r = find_device(nm, ifname, deadline, device);

	if (r)
		return trouble(r, ret_fault);
	r = kb_wpa_ops.ask(nm->wpa, ifname, deadline, ret, ret_fault);
	if (r != -ENODEV)
		return r;
	r = ask_wpa(nm, ifname, deadline, &facts);
	if ((r == -ENODEV || r == -ENOENT) && kb_iwd_ops.there(nm->iwd)) {
		r = kb_iwd_ops.ask(nm->iwd, ifname, deadline, ret, ret_fault);
		if (r != -ENODEV && r != -ENOENT)
			return r;
	}
	if (r == -ENODEV || r == -ENOENT)
		r = ask_alone(nm, device, deadline, &facts);
	if (r)
		return trouble(r, ret_fault);
	facts.port_authorized = facts.completed;
	if (!facts.completed)
		*facts.eap = '\0';
	*ret = facts;
	return 0;
}

static int nm_disconnect(void *self, const char *ifname, u64 deadline, struct kb_fault *ret_fault)
{
	char device[PATH_SIZE];
	struct kb_nm *nm = self;
	int r = find_device(nm, ifname, deadline, device);

	/* it answers when it is done with it, which may be later than we can wait */
	if (!r)
		r = kb_bus_send(nm->bus, KB_BUS_NETWORKMANAGER, device, NM_DEVICE, "Disconnect", "");
	return trouble(r, ret_fault);
}

/* Setting it takes back what a disconnection by hand has blocked. */
static int nm_rejoin(void *self, const char *ifname, u64 deadline, struct kb_fault *ret_fault)
{
	char device[PATH_SIZE];
	struct kb_nm *nm = self;
	int r = find_device(nm, ifname, deadline, device);

	if (!r)
		r = kb_bus_send(nm->bus, KB_BUS_NETWORKMANAGER, device, "org.freedesktop.DBus.Properties",
				"Set", "ssv", NM_DEVICE, "Autoconnect", "b", 1);
	return trouble(r, ret_fault);
}

static int nm_avoid(void *self, const char *ifname, const u8 bssid[6], u64 deadline,
		    struct kb_fault *ret_fault)
{
	char device[PATH_SIZE];
	struct kb_nm *nm = self;
	int r = find_device(nm, ifname, deadline, device);

	if (r)
		return trouble(r, ret_fault);
	r = kb_wpa_ops.avoid(nm->wpa, ifname, bssid, deadline, ret_fault);
	if (r != -ENODEV)
		return r;
	return kb_fault(ret_fault, -EOPNOTSUPP, _("%s cannot avoid an access point"),
			"NetworkManager");
}

static int nm_reload(void *self, u64 deadline, struct kb_fault *ret_fault)
{
	KB_MESSAGE sd_bus_message *m = NULL;
	struct kb_nm *nm = self;
	int r = kb_bus_send(nm->bus, KB_BUS_NETWORKMANAGER, "/org/freedesktop/NetworkManager",
			    "org.freedesktop.NetworkManager", "Reload", "u", 0);

	if (!r)
		r = kb_bus_call(nm->bus, KB_BUS_NETWORKMANAGER, deadline,
				"/org/freedesktop/NetworkManager/Settings",
				"org.freedesktop.NetworkManager.Settings", "ReloadConnections", &m, "");
	return trouble(r, ret_fault);
}

static bool nm_there(void *self)
{
	struct kb_nm *nm = self;

	return kb_bus_there(nm->bus, KB_BUS_NETWORKMANAGER);
}

const struct kb_supplicant_ops kb_nm_ops = {
	.there = nm_there,
	.ask = nm_ask,
	.disconnect = nm_disconnect,
	.rejoin = nm_rejoin,
	.avoid = nm_avoid,
	.reload = nm_reload,
};

static void on_state(sd_bus_message *m, void *userdata)
{
	struct kb_nm *nm = userdata;

	(void)m;
	kb_supplicant_tell(&nm->to, KB_SUPPLICANT_CHANGED, "", NULL, "");
}

/* Scans change other properties all the time; they are of no interest. */
static void on_wpa_properties(sd_bus_message *m, void *userdata)
{
	static const char *const properties[] = { "State", "CurrentNetwork", NULL };
	struct kb_nm *nm = userdata;

	if (kb_bus_changed(m, properties))
		kb_supplicant_tell(&nm->to, KB_SUPPLICANT_CHANGED, "", NULL, "");
}

/* EAP(status, parameter): "remote certificate verification" and why not, "completion" and "failure". */
static void on_wpa_eap(sd_bus_message *m, void *userdata)
{
	struct kb_nm *nm = userdata;
	const char *path = sd_bus_message_get_path(m), *status, *parameter;
	u64 deadline = kb_now_usec() + EVENT_PATIENCE_USEC;
	enum kb_supplicant_event event;
	char detail[160], ifname[KB_IFNAME_MAX + 1] = "";
	u8 bssid[6] = {};
	size_t i;

	if (!path || sd_bus_message_read(m, "ss", &status, &parameter) < 0)
		return;
	if (!strcmp(status, "remote certificate verification") && strcmp(parameter, "success"))
		event = KB_SUPPLICANT_CERTIFICATE;
	else if (!strcmp(status, "completion") && strcmp(parameter, "success"))
		event = KB_SUPPLICANT_FAILURE;
	else
		return;
	snprintf(detail, sizeof(detail), "%s: %s", status, parameter);
	for (i = 0; detail[i]; i++)
		if (detail[i] < ' ' || detail[i] > '~')
			detail[i] = '?';
	if (!wpa_get(nm, path, deadline, "Ifname", ifname, sizeof(ifname)))
		wpa_bssid(nm, path, deadline, bssid);
	kb_supplicant_tell(&nm->to, event, ifname, bssid, detail);
}

int kb_nm_new(const struct kb_supplicant_listener *to, struct kb_bus *bus, struct kb_wpa *wpa,
	      struct kb_iwd *iwd, struct kb_nm **ret)
{
	struct kb_nm *nm = calloc(1, sizeof(*nm));
	int r;

	if (!nm)
		return -ENOMEM;
	*nm = (struct kb_nm){ .to = *to, .bus = bus, .wpa = wpa, .iwd = iwd };
	r = kb_bus_follow(bus, "type='signal',sender='org.freedesktop.NetworkManager',"
			  "interface='" NM_DEVICE "',member='StateChanged'", on_state, nm);
	if (!r)
		r = kb_bus_follow(bus, "type='signal',sender='fi.w1.wpa_supplicant1',"
				  "interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
				  "arg0='" WPA_INTERFACE "'", on_wpa_properties, nm);
	if (!r)
		r = kb_bus_follow(bus, "type='signal',sender='fi.w1.wpa_supplicant1',"
				  "interface='" WPA_INTERFACE "',member='EAP'", on_wpa_eap, nm);
	if (r) {
		free(nm);
		return r;
	}
	*ret = nm;
	return 0;
}

void kb_nm_free(struct kb_nm *nm)
{
	free(nm);
}
