// SPDX-License-Identifier: GPL-2.0-or-later
/* wpa_supplicant by its control sockets: one socket a question, one for events. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wpa_ctrl.h>

#include "agent/wifi/follow.h"
#include "agent/wifi/supplicant_backend.h"
#include "agent/wifi/wpa_text.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define ANSWER_MAX	4096
#define NETWORKS_MAX	64
#define AVOIDED_MAX	32
#define EVENTS_MAX	64		/* of one turn of the loop */

/* A file system gives the number of a file that went to the next one: the time tells them apart. */
struct wpa_socket {
	ino_t inode;
	struct timespec changed;
};

struct wpa_iface {
	struct wpa_iface *next;
	struct kb_wpa *wpa;
	char name[KB_IFNAME_MAX + 1];
	struct wpa_ctrl *events;
	sd_event_source *io;
	struct wpa_socket socket;	/* another file of that name is another supplicant's */
	bool attached;			/* ATTACH was sent */
	u8 last[6];			/* that it associated with last */
	/* For the settings of networks, which a reload forgets. */
	unsigned int n_avoided;
	u8 avoided[AVOIDED_MAX][6];
};

struct kb_wpa {
	const char *dir, *client_dir;
	struct kb_supplicant_listener to;
	struct kb_follow *follow;
	struct wpa_iface *ifaces;
};

/* A control socket of our own for one question after the other. */
struct line {
	struct wpa_ctrl *ctrl;
	u64 deadline;
	const char *ifname;
	struct kb_fault *fault;
	char answer[ANSWER_MAX];
};

static void line_close(struct line *line)
{
	if (line->ctrl)
		wpa_ctrl_close(line->ctrl);
}

/*
 * Whoever can make sockets in the directory can say that all is well:
 * nobody but root may.
 */
static bool is_roots(const char *dir)
{
	struct stat st;

	return !stat(dir, &st) && S_ISDIR(st.st_mode) && (!st.st_uid || st.st_uid == geteuid()) &&
	       !(st.st_mode & (S_IWOTH | (st.st_gid ? S_IWGRP : 0)));
}

static bool is_interface(const char *name)
{
	return strlen(name) <= KB_IFNAME_MAX && *name != '.' && !strchr(name, '/') &&
	       strncmp(name, "p2p-dev-", strlen("p2p-dev-")) != 0;
}

static struct wpa_ctrl *dial(const struct kb_wpa *wpa, const char *ifname)
{
	KB_FREE char *path = NULL;
	struct wpa_ctrl *ctrl;
	int err;

	errno = ENODEV;
	if (!is_interface(ifname) || !is_roots(wpa->dir))
		return NULL;
	if (asprintf(&path, "%s/%s", wpa->dir, ifname) < 0)
		return NULL;
	if (access(path, F_OK))
		return NULL;
	mkdir(wpa->client_dir, 0755);
	ctrl = wpa_ctrl_open2(path, wpa->client_dir);
	err = errno;
	if (ctrl)
		fcntl(wpa_ctrl_get_fd(ctrl), F_SETFD, FD_CLOEXEC);
	errno = err;
	return ctrl;
}

static int wait_for(int fd, short what, u64 deadline)
{
	struct pollfd poll_fd = { .fd = fd, .events = what };
	u64 now = kb_now_usec();
	int r;

	if (now >= deadline)
		return -ETIMEDOUT;
	r = poll(&poll_fd, 1, (int)((deadline - now + 999) / 1000));
	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	return r ? 0 : -ETIMEDOUT;
}

/* libwpa_client's own wpa_ctrl_request() waits ten seconds. */
static int exchange(struct line *line, const char *question)
{
	int fd = wpa_ctrl_get_fd(line->ctrl), r;
	ssize_t n;

	while (send(fd, question, strlen(question), MSG_DONTWAIT) < 0) {
		if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
			return -errno;
		r = wait_for(fd, POLLOUT, line->deadline);
		if (r)
			return r;
	}
	for (;;) {
		n = recv(fd, line->answer, sizeof(line->answer) - 1, MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		/* we did not attach: events are none of ours */
		if (n > 0 && *line->answer != '<')
			break;
		if (n < 0) {
			r = wait_for(fd, POLLIN, line->deadline);
			if (r)
				return r;
		}
	}
	line->answer[n] = '\0';
	return strlen(line->answer) == (size_t)n ? 0 : -EBADMSG;
}

static int ask_line(struct line *line, const char *question)
{
	int r = exchange(line, question);

	if (r == -ECONNREFUSED || r == -ENOTCONN || r == -ECONNRESET)
		return kb_fault(line->fault, -ENODEV, _("wpa_supplicant left %s"), line->ifname);
	if (r == -ETIMEDOUT)
		return kb_fault(line->fault, r, _("wpa_supplicant does not answer for %s"), line->ifname);
	if (r)
		return kb_fault(line->fault, r, _("wpa_supplicant, %s: %s"), line->ifname, strerror(-r));
	return 0;
}

/* A command that answers OK. */
static int order(struct line *line, const char *command)
{
	int r = ask_line(line, command);

	if (r)
		return r;
	if (!strncmp(line->answer, "OK", 2))
		return 0;
	if (!strncmp(line->answer, "UNKNOWN COMMAND", 15))
		return -EOPNOTSUPP;
	/* its first word alone: what follows may be long */
	return kb_fault(line->fault, -EREMOTEIO, _("wpa_supplicant refuses %.*s for %s"),
			(int)strcspn(command, " "), command, line->ifname);
}

static void drop(struct wpa_iface *iface, const char *why)
{
	struct kb_wpa *wpa = iface->wpa;
	struct wpa_iface **at;

	for (at = &wpa->ifaces; *at != iface; at = &(*at)->next)
		;
	*at = iface->next;
	sd_event_source_disable_unref(iface->io);
	wpa_ctrl_close(iface->events);
	if (why)
		kb_supplicant_tell(&wpa->to, KB_SUPPLICANT_GONE, iface->name, NULL, why);
	free(iface);
}

static struct wpa_iface *find(const struct kb_wpa *wpa, const char *ifname)
{
	struct wpa_iface *iface;

	for (iface = wpa->ifaces; iface; iface = iface->next)
		if (!strcmp(iface->name, ifname))
			return iface;
	return NULL;
}

/* Opens a line; one to a supplicant that died leaves its socket behind: it is forgotten. */
static int open_line(struct kb_wpa *wpa, const char *ifname, struct line *line)
{
	struct wpa_iface *iface;
	int err;

	line->ifname = ifname;
	line->ctrl = dial(wpa, ifname);
	if (line->ctrl)
		return 0;
	err = errno;
	if (err == ENODEV || err == ENOENT || err == ECONNREFUSED) {
		iface = find(wpa, ifname);
		if (iface)
			drop(iface, "");
		return -ENODEV;
	}
	return kb_fault(line->fault, -err, _("wpa_supplicant, %s: %s"), ifname, strerror(err));
}

static int get_value(struct line *line, int network, const char *variable, char *ret, size_t size)
{
	char question[64];
	int r;

	snprintf(question, sizeof(question), "GET_NETWORK %d %s", network, variable);
	r = ask_line(line, question);
	if (r)
		return r;
	r = strcmp(variable, "eap") ? kb_wpa_value(line->answer, ret, size) :
				      kb_wpa_word(line->answer, ret, size);
	if (r == -ENODATA)
		*ret = '\0';
	if (r && r != -ENODATA)
		return kb_fault(line->fault, -EBADMSG, _("wpa_supplicant, %s: %s cannot be understood"),
				line->ifname, variable);
	return 0;
}

/* What the network demands of the server. A directory of CAs counts as the CA: all in it are trusted. */
static int get_demands(struct line *line, int network, struct kb_supplicant_facts *facts)
{
	char servers[KB_SERVERS_MAX * (KB_SERVER_NAME_MAX + 1) + 1], path[KB_FILE_MAX + 1], eap[64];
	int r = get_value(line, network, "ca_cert", facts->ca, sizeof(facts->ca));

	if (!r)
		r = get_value(line, network, "ca_path", path, sizeof(path));
	if (!r && *path)
		strcpy(facts->ca, path);
	if (!r)
		r = get_value(line, network, "domain_match", servers, sizeof(servers));
	if (!r && kb_wpa_servers(servers, facts))
		r = kb_fault(line->fault, -EBADMSG, _("wpa_supplicant, %s: %s cannot be understood"),
			     line->ifname, "domain_match");
	if (!r)
		r = get_value(line, network, "eap", eap, sizeof(eap));
	/* a cached key (PMKSA) ran no method: it came from the only one that this network allows */
	if (!r && !*facts->eap && facts->port_authorized && *eap && !strchr(eap, ' '))
		snprintf(facts->eap, sizeof(facts->eap), "%.15s", eap);
	return r;
}

static int wpa_ask(void *self, const char *ifname, u64 deadline, struct kb_supplicant_facts *ret,
		   struct kb_fault *ret_fault)
{
	KB_CLEANUP(line_close) struct line line = { .deadline = deadline, .fault = ret_fault };
	struct kb_supplicant_facts facts = { .known = true };
	struct kb_wpa_status before, after;
	int r = open_line(self, ifname, &line);

	if (!r)
		r = ask_line(&line, "STATUS");
	if (r)
		return r;
	if (kb_wpa_status(line.answer, &before))
		return kb_fault(ret_fault, -EBADMSG, _("wpa_supplicant, %s: %s cannot be understood"),
				ifname, "STATUS");
	facts.completed = before.completed;
	facts.port_authorized = before.port_authorized;
	memcpy(facts.bssid, before.bssid, sizeof(facts.bssid));
	strcpy(facts.eap, before.eap);
	facts.rsn_known = before.rsn_known;
	facts.rsn = before.rsn;
	if (before.network >= 0) {
		r = get_demands(&line, before.network, &facts);
		if (!r)
			r = ask_line(&line, "STATUS");
		if (r)
			return r;
		/* it went on to another one meanwhile: an event will say so; this belongs to neither */
		if (kb_wpa_status(line.answer, &after) || after.network != before.network ||
		    memcmp(after.bssid, before.bssid, sizeof(after.bssid)) || !after.completed)
			facts.completed = facts.port_authorized = false;
	}
	*ret = facts;
	return 0;
}

static int wpa_disconnect(void *self, const char *ifname, u64 deadline, struct kb_fault *ret_fault)
{
	KB_CLEANUP(line_close) struct line line = { .deadline = deadline, .fault = ret_fault };

	return open_line(self, ifname, &line) ?: order(&line, "DISCONNECT");
}

static int wpa_rejoin(void *self, const char *ifname, u64 deadline, struct kb_fault *ret_fault)
{
	KB_CLEANUP(line_close) struct line line = { .deadline = deadline, .fault = ret_fault };

	return open_line(self, ifname, &line) ?: order(&line, "RECONNECT");
}

static void mac_text(const u8 mac[6], char ret[18])
{
	snprintf(ret, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
}

static bool remember(struct wpa_iface *iface, const u8 bssid[6])
{
	unsigned int i;

	for (i = 0; i < iface->n_avoided; i++)
		if (!memcmp(iface->avoided[i], bssid, 6))
			return true;
	if (iface->n_avoided == AVOIDED_MAX)
		return false;
	memcpy(iface->avoided[iface->n_avoided++], bssid, 6);
	return true;
}

/*
 * BSSID_IGNORE alone does not hold: wpa_supplicant clears that list when it
 * finds nobody else. What a network's own list names it never joins.
 */
static int forbid(struct line *line, const struct wpa_iface *iface)
{
	static const char *const variables[] = { "bssid_ignore", "bssid_blacklist" };
	char command[64 + 18 * AVOIDED_MAX], mac[18];
	int ids[NETWORKS_MAX], r = 0;
	unsigned int a, v;
	size_t i, n, used;

	r = ask_line(line, "LIST_NETWORKS");
	if (r)
		return r;
	n = kb_wpa_networks(line->answer, ids, NETWORKS_MAX);
	for (i = 0; !r && i < n; i++) {
		for (v = 0; v < ARRAY_SIZE(variables); v++) {
			used = (size_t)snprintf(command, sizeof(command), "SET_NETWORK %d %s", ids[i],
						variables[v]);
			for (a = 0; a < iface->n_avoided; a++) {
				mac_text(iface->avoided[a], mac);
				used += (size_t)snprintf(command + used, sizeof(command) - used, " %s",
							 mac);
			}
			r = order(line, command);
			if (r != -EREMOTEIO)
				break;
		}
	}
	return r;
}

static int wpa_avoid(void *self, const char *ifname, const u8 bssid[6], u64 deadline,
		     struct kb_fault *ret_fault)
{
	KB_CLEANUP(line_close) struct line line = { .deadline = deadline, .fault = ret_fault };
	struct kb_wpa *wpa = self;
	struct kb_wpa_status status;
	struct wpa_iface *iface;
	char command[64], mac[18];
	int r = open_line(wpa, ifname, &line);

	if (r)
		return r;
	iface = find(wpa, ifname);
	if (!iface)
		return -ENODEV;
	if (!remember(iface, bssid))
		return kb_fault(ret_fault, -ENOSPC, _("%s avoids %d access points already"), ifname,
				AVOIDED_MAX);
	mac_text(bssid, mac);
	snprintf(command, sizeof(command), "BSSID_IGNORE %s", mac);
	r = order(&line, command);
	if (r == -EOPNOTSUPP) {		/* its name before 2.10 */
		snprintf(command, sizeof(command), "BLACKLIST %s", mac);
		r = order(&line, command);
	}
	if (!r)
		r = forbid(&line, iface);
	if (!r)
		r = ask_line(&line, "STATUS");
	if (r)
		return r;
	/* it looks for another one at once instead of staying where it is */
	if (!kb_wpa_status(line.answer, &status) && !memcmp(status.bssid, bssid, 6))
		r = order(&line, "REASSOCIATE");
	return r;
}

static int wpa_reload(void *self, u64 deadline, struct kb_fault *ret_fault)
{
	struct kb_wpa *wpa = self;
	struct wpa_iface *iface, *next;
	int r, first = 0;

	for (iface = wpa->ifaces; iface; iface = next) {
		KB_CLEANUP(line_close) struct line line = { .deadline = deadline, .fault = ret_fault };

		next = iface->next;
		r = open_line(wpa, iface->name, &line);
		if (!r)
			r = order(&line, "RECONFIGURE");
		if (!r && iface->n_avoided)
			r = forbid(&line, iface);
		/* one that went in the meantime reads its file when it comes back */
		if (r && r != -ENODEV && !first)
			first = r;
	}
	return first;
}

static bool wpa_there(void *self)
{
	struct kb_wpa *wpa = self;

	return wpa->ifaces != NULL;
}

const struct kb_supplicant_ops kb_wpa_ops = {
	.there = wpa_there,
	.ask = wpa_ask,
	.disconnect = wpa_disconnect,
	.rejoin = wpa_rejoin,
	.avoid = wpa_avoid,
	.reload = wpa_reload,
};

/* Where: the line may say so, else it is the one it associated with last. */
static void hear(struct wpa_iface *iface, const char *text)
{
	struct kb_supplicant_notice notice = {};

	if (kb_wpa_associated(text, iface->last) || kb_wpa_event(text, &notice) <= 0)
		return;
	if ((notice.event == KB_SUPPLICANT_CERTIFICATE || notice.event == KB_SUPPLICANT_FAILURE) &&
	    !memcmp(notice.bssid, (u8 [6]){}, 6))
		memcpy(notice.bssid, iface->last, 6);
	kb_supplicant_tell(&iface->wpa->to, notice.event, iface->name, notice.bssid, notice.detail);
}

/* Never waits: what cannot be sent now is sent when the socket takes it. */
static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct wpa_iface *iface = userdata;
	char text[ANSWER_MAX];
	unsigned int i;
	ssize_t n;

	if ((revents & EPOLLOUT) && !iface->attached) {
		n = send(fd, "ATTACH", strlen("ATTACH"), MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			drop(iface, strerror(errno));
			return 0;
		}
		iface->attached = n > 0;
		if (iface->attached)
			sd_event_source_set_io_events(source, EPOLLIN);
	}
	/* access points that somebody makes up are events, too; the rest comes in the next turn */
	for (i = 0; i < EVENTS_MAX; i++) {
		n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n < 0) {
			drop(iface, strerror(errno));
			return 0;
		}
		text[n] = '\0';
		if (!strncmp(text, "FAIL", 4)) {
			drop(iface, text);
			return 0;
		}
		if (strstr(text, WPA_EVENT_TERMINATING) == strchrnul(text, '>') + 1) {
			drop(iface, "");
			return 0;
		}
		hear(iface, text);
	}
	return 0;
}

/* The socket of that name; .inode 0 = there is none. */
static struct wpa_socket socket_of(const struct kb_wpa *wpa, const char *name)
{
	KB_FREE char *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s/%s", wpa->dir, name) < 0 || lstat(path, &st) ||
	    !S_ISSOCK(st.st_mode))
		return (struct wpa_socket){};
	return (struct wpa_socket){ .inode = st.st_ino, .changed = st.st_ctim };
}

static bool same_socket(const struct wpa_socket *a, const struct wpa_socket *b)
{
	return a->inode == b->inode && a->changed.tv_sec == b->changed.tv_sec &&
	       a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Says CAME when somebody has it open; it is attached to from the loop. */
static void take(struct kb_wpa *wpa, const char *name)
{
	const struct wpa_socket socket = socket_of(wpa, name);
	struct wpa_iface *iface;
	struct wpa_ctrl *ctrl;

	if (!socket.inode || !is_interface(name) || find(wpa, name))
		return;
	ctrl = dial(wpa, name);
	if (!ctrl)
		return;
	iface = calloc(1, sizeof(*iface));
	if (!iface) {
		wpa_ctrl_close(ctrl);
		return;
	}
	*iface = (struct wpa_iface){ .next = wpa->ifaces, .wpa = wpa, .events = ctrl,
				      .socket = socket };
	strcpy(iface->name, name);
	if (sd_event_add_io(wpa->to.event, &iface->io, wpa_ctrl_get_fd(ctrl), EPOLLIN | EPOLLOUT,
			    on_io, iface) < 0) {
		wpa_ctrl_close(ctrl);
		free(iface);
		return;
	}
	wpa->ifaces = iface;
	kb_supplicant_tell(&wpa->to, KB_SUPPLICANT_CAME, name, NULL, "");
}

static void take_all(struct kb_wpa *wpa)
{
	KB_CLEANUP(kb_closedirp) DIR *dir = opendir(wpa->dir);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		take(wpa, entry->d_name);
}

/* A name that came anew is another supplicant, even where the old one was not heard leaving. */
static void on_change(const char *name, void *userdata)
{
	struct kb_wpa *wpa = userdata;
	struct wpa_iface *iface, *next;

	for (iface = wpa->ifaces; iface; iface = next) {
		const struct wpa_socket now = socket_of(wpa, iface->name);

		next = iface->next;
		if ((!name || !strcmp(name, iface->name)) && !same_socket(&now, &iface->socket))
			drop(iface, "");
	}
	if (name)
		take(wpa, name);
	else
		take_all(wpa);
}

int kb_wpa_new(const struct kb_supplicant_places *places, const struct kb_supplicant_listener *to,
	       struct kb_wpa **ret, struct kb_fault *ret_fault)
{
	struct kb_wpa *wpa = calloc(1, sizeof(*wpa));
	int r;

	if (!wpa)
		return -ENOMEM;
	*wpa = (struct kb_wpa){ .dir = places->wpa_dir, .client_dir = places->client_dir, .to = *to };
	r = kb_follow_dir(to->event, wpa->dir, on_change, wpa, &wpa->follow);
	if (r) {
		free(wpa);
		return kb_fault(ret_fault, r, _("cannot watch %s: %s"), places->wpa_dir, strerror(-r));
	}
	take_all(wpa);
	*ret = wpa;
	return 0;
}

void kb_wpa_free(struct kb_wpa *wpa)
{
	if (!wpa)
		return;
	kb_follow_free(wpa->follow);
	while (wpa->ifaces)
		drop(wpa->ifaces, NULL);
	free(wpa);
}
