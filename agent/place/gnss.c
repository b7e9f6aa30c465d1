// SPDX-License-Identifier: GPL-2.0-or-later
/* Evidence: the position by satellite, through gpsd. Surely outside is a veto. */
#include <dlfcn.h>
#include <errno.h>
#include <gps.h>
#include <math.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "agent/place/listener.h"
#include "agent/place/position.h"
#include "agent/place/providers.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define GPSD_PORT	2947
#define LINE_MAX_LEN	10240		/* gpsd's longest, GPS_JSON_RESPONSE_MAX */
#define FRESH_USEC	(60 * 1000000ull)	/* a position of before says nothing of now */
#define PAUSE_USEC	(10 * 1000000ull)	/* between attempts, doubled up to the next */
#define PAUSE_MAX_USEC	(640 * 1000000ull)
/*
 * The receiver stays on as long as somebody watches; positions are sent only
 * when asked for, so that nobody is woken each second.
 */
#define WATCH_QUIET	"?WATCH={\"enable\":true,\"json\":false};\n"
#define WATCH_LOUD	"?WATCH={\"enable\":true,\"json\":true};\n"

struct kb_provider {
	const struct kb_evidence *evidence;
	const struct kb_surroundings *around;
	int fd;				/* -1 = not connected */
	sd_event_source *io;
	int (*unpack)(const char *line, struct gps_data_t *ret);	/* libgps's; NULL: not installed */
	bool stranger;			/* not gpsd, but somebody's program has its port */
	bool ready;			/* connected, not only about to be */
	bool loud;			/* positions are being sent */
	u64 next_usec, pause_usec;	/* CLOCK_BOOTTIME of the next attempt */
	u64 fix_usec;			/* of .where; 0 = none */
	enum kb_where where;
	bool fixed;			/* the receiver knows where it is, well or not */
	size_t len;
	char line[LINE_MAX_LEN];
	struct gps_data_t gps;
};

static void hang_up(struct kb_provider *provider)
{
	provider->io = sd_event_source_disable_unref(provider->io);
	kb_closep(&provider->fd);
	provider->fd = -1;
	provider->ready = provider->loud = false;
	provider->len = 0;
	provider->next_usec = kb_boottime_usec() + provider->pause_usec;
	provider->pause_usec = provider->pause_usec * 2 > PAUSE_MAX_USEC ? PAUSE_MAX_USEC :
									   provider->pause_usec * 2;
}

static bool say(struct kb_provider *provider, const char *words)
{
	ssize_t len = (ssize_t)strlen(words);

	return send(provider->fd, words, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL) == len;
}

/* Metres; gpsd's estimate, or made of those along the axes. */
static double error_of(const struct gps_fix_t *fix)
{
	return isfinite(fix->eph) && fix->eph > 0 ? fix->eph : hypot(fix->epx, fix->epy);
}

/* A report of the position ends the talk, be it only that there is none. */
static void take(struct kb_provider *provider)
{
	const struct gps_fix_t *fix = &provider->gps.fix;
	bool fixed = fix->mode >= MODE_2D && fix->status != STATUS_SIM;
	enum kb_where where = fixed ? kb_where(provider->evidence, fix->latitude, fix->longitude,
					       error_of(fix)) : KB_WHERE_VAGUE;
	bool news = where != provider->where || fixed != provider->fixed || !provider->fix_usec;

	provider->where = where;
	provider->fixed = fixed;
	provider->fix_usec = kb_boottime_usec();
	provider->pause_usec = PAUSE_USEC;
	provider->loud = false;
	if (!say(provider, WATCH_QUIET))
		hang_up(provider);
	if (news)
		provider->around->changed(provider->around->userdata);
}

/* One line of gpsd's. */
static void hear(struct kb_provider *provider, char *line)
{
	provider->gps = (struct gps_data_t){ .fix = { .latitude = NAN, .longitude = NAN, .eph = NAN,
						      .epx = NAN, .epy = NAN } };
	if (strncmp(line, "{\"class\":\"TPV\"", strlen("{\"class\":\"TPV\"")))
		return;
	if (provider->unpack(line, &provider->gps) == 0 && provider->loud)
		take(provider);
}

/* Hands the complete lines on. False: a line without an end. */
static bool split(struct kb_provider *provider)
{
	char *end;
	size_t used;

	while (provider->fd >= 0 && (end = memchr(provider->line, '\n', provider->len))) {
		used = (size_t)(end - provider->line) + 1;
		*end = '\0';
		hear(provider, provider->line);
		if (provider->fd < 0)
			return true;
		provider->len -= used;
		memmove(provider->line, provider->line + used, provider->len);
	}
	return provider->len < sizeof(provider->line) - 1;
}

static void read_some(struct kb_provider *provider)
{
	ssize_t n = recv(provider->fd, provider->line + provider->len,
			 sizeof(provider->line) - 1 - provider->len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		provider->len += (size_t)n;
	if (n <= 0 || !split(provider))
		hang_up(provider);
}

static int on_gpsd(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_provider *provider = userdata;
	socklen_t size = sizeof(int);
	int err = 0;

	(void)revents;
	if (provider->ready) {
		read_some(provider);
		return 0;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size) || err ||
	    sd_event_source_set_io_events(source, EPOLLIN) < 0 || !say(provider, WATCH_LOUD)) {
		hang_up(provider);
		return 0;
	}
	provider->ready = provider->loud = true;
	return 0;
}

/* gps_open() of libgps waits for the other end; here nobody waits. */
static void dial(struct kb_provider *provider)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(GPSD_PORT),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int r;

	provider->stranger = false;
	provider->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (provider->fd < 0 ||
	    (connect(provider->fd, (struct sockaddr *)&to, sizeof(to)) && errno != EINPROGRESS)) {
		hang_up(provider);
		return;
	}
	/* on one machine it is made with whoever listens when it is asked for, which is now */
	r = kb_listener_check(GPSD_PORT);
	provider->stranger = r == -EPERM;
	if (r || sd_event_add_io(provider->around->event, &provider->io, provider->fd, EPOLLOUT,
				 on_gpsd, provider) < 0)
		hang_up(provider);
}

static void refresh(struct kb_provider *provider)
{
	if (provider->fd < 0 && provider->unpack && kb_boottime_usec() >= provider->next_usec)
		dial(provider);
	else if (provider->ready && !provider->loud && !(provider->loud = say(provider, WATCH_LOUD)))
		hang_up(provider);
}

static void stop(struct kb_provider *provider)
{
	sd_event_source_disable_unref(provider->io);
	kb_closep(&provider->fd);
	free(provider);
}

/*
 * libgps brings libraries that are larger than the agent. Few terminals have a
 * receiver, so it is loaded where a policy asks for positions, and stays then.
 */
static void *find_unpack(void)
{
	void *library = dlopen(KB_LIBGPS, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	void *unpack = library ? dlsym(library, "gps_unpack") : NULL;

	if (library)
		dlclose(library);
	return unpack;
}

static int start(const struct kb_evidence *evidence, const struct kb_surroundings *around,
		 struct kb_provider **ret)
{
	struct kb_provider *provider = calloc(1, sizeof(*provider));

	if (!provider)
		return -ENOMEM;
	provider->evidence = evidence;
	provider->around = around;
	provider->fd = -1;
	provider->pause_usec = PAUSE_USEC;
	provider->unpack = find_unpack();
	refresh(provider);
	*ret = provider;
	return 0;
}

static void evaluate(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret)
{
	*ret = (struct kb_finding){};
	if (!provider->fix_usec || now_usec > provider->fix_usec + FRESH_USEC) {
		kb_detail(ret, "%s",
			  !provider->unpack  ? _("libgps is not installed, which reads what gpsd says") :
			  provider->stranger ? _("another program than gpsd has its port") :
			  provider->ready    ? _("the receiver has not said where it is") :
					       _("gpsd does not answer"));
	} else if (!provider->fixed) {
		kb_detail(ret, _("the receiver does not know where it is"));
	} else if (provider->where == KB_WHERE_INSIDE) {
		ret->presence = KB_PRESENCE_PRESENT;
		ret->good_until_usec = provider->fix_usec + FRESH_USEC;
		kb_detail(ret, _("the position is less than %u m away"), provider->evidence->gnss.radius);
	} else if (provider->where == KB_WHERE_OUTSIDE) {
		ret->presence = KB_PRESENCE_ABSENT;
		ret->veto = ret->hard = true;
		kb_detail(ret, _("the position is surely more than %u m away"),
			  provider->evidence->gnss.radius);
	} else {
		kb_detail(ret, _("the position is too inexact to tell"));
	}
}

static void doubt(struct kb_provider *provider)
{
	provider->fix_usec = 0;
	provider->fixed = false;
	provider->where = KB_WHERE_VAGUE;
}

const struct kb_provider_ops kb_provider_gnss = {
	.kind = KB_EVIDENCE_GNSS, .start = start, .stop = stop, .refresh = refresh,
	.evaluate = evaluate, .doubt = doubt,
};
