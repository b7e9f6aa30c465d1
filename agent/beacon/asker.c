// SPDX-License-Identifier: GPL-2.0-or-later
/* Asks a beacon. */
#include "agent/beacon/asker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "agent/beacon/message.h"
#include "agent/clock.h"
#include "policy/i18n.h"

#define HOPS		255
#define QUESTIONS_MAX	(KB_ASKER_QUESTIONS * KB_ASKER_LINKS_MAX)
/* Answers looked at in one round: who floods us may silence the beacon, not burden the terminal. */
#define ANSWERS_MAX	(QUESTIONS_MAX + 64)

struct question {
	u8 nonce[KB_BEACON_NONCE_LEN];
	u64 sent_usec;
	u32 ifindex;			/* 0 = unicast */
	bool answered;
};

struct kb_asker {
	struct kb_asker_plan plan;
	kb_asker_fn done;
	void *userdata;
	int fd;
	struct sockaddr_storage to;
	socklen_t to_len;
	sd_event_source *io, *timer;
	u32 turn;			/* questions asked on each link so far */
	u32 n, first, open;		/* questions; the first of this turn; this turn's without an answer */
	u32 looked_at;
	struct question questions[QUESTIONS_MAX];
	struct kb_asker_result result;
};

/* One datagram and how it came. */
struct reply {
	u8 bytes[KB_BEACON_ANSWER_LEN + 1];
	size_t len;
	u64 usec;
	u32 ifindex;
	int hops;
	struct sockaddr_storage from;
};

/* A clock that nobody sets or slews: answers never look faster than they were. */
static u64 raw_usec(void)
{
	return kb_clock_usec(CLOCK_MONOTONIC_RAW);
}

/* The first refusal is told; one of a form that is none says least. */
static void note(struct kb_asker *asker, int err, const struct kb_fault *why)
{
	if (asker->result.err && asker->result.err != -EBADMSG)
		return;
	asker->result.err = err;
	asker->result.why = *why;
}

static int ask_one(struct kb_asker *asker, u32 ifindex)
{
	struct question *question = &asker->questions[asker->n];
	u8 bytes[KB_BEACON_QUESTION_LEN];
	struct kb_beacon_question asked = {};
	ssize_t sent;

	if (getrandom(question->nonce, sizeof(question->nonce), 0) != sizeof(question->nonce))
		return -EIO;
	memcpy(asked.nonce, question->nonce, sizeof(asked.nonce));
	snprintf(asked.name, sizeof(asked.name), "%s", asker->plan.name);
	kb_beacon_ask(&asked, bytes);
	if (ifindex)
		((struct sockaddr_in6 *)&asker->to)->sin6_scope_id = ifindex;
	question->ifindex = ifindex;
	question->answered = false;
	question->sent_usec = raw_usec();
	sent = sendto(asker->fd, bytes, sizeof(bytes), MSG_DONTWAIT | MSG_NOSIGNAL,
		      ifindex ? (struct sockaddr *)&asker->to : NULL, ifindex ? asker->to_len : 0);
	if (sent < 0)
		return -errno;
	asker->n++;
	asker->open++;
	return 0;
}

/* Asks on every link once more; false when no question could be sent. */
static bool ask_all(struct kb_asker *asker)
{
	struct kb_fault why = {};
	u32 i;
	int r = 0, one;

	asker->first = asker->n;
	asker->open = 0;
	asker->turn++;
	if (asker->plan.host)
		r = ask_one(asker, 0);
	for (i = 0; !asker->plan.host && i < asker->plan.n_links; i++) {
		one = ask_one(asker, asker->plan.links[i]);
		if (one)
			r = one;
	}
	if (asker->n > asker->first)
		return true;
	kb_fault(&why, r, _("cannot be asked: %s"), r ? strerror(-r) : strerror(ENETDOWN));
	note(asker, r ?: -ENETDOWN, &why);
	return false;
}

static void finish(struct kb_asker *asker)
{
	struct kb_asker_result result = asker->result;

	asker->io = sd_event_source_disable_unref(asker->io);
	asker->timer = sd_event_source_disable_unref(asker->timer);
	asker->done(&result, asker->userdata);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata);

static int arm(struct kb_asker *asker, u64 usec)
{
	int r;

	if (!asker->timer)
		return sd_event_add_time_relative(sd_event_source_get_event(asker->io),
						  &asker->timer, CLOCK_MONOTONIC, usec, 1000, on_time,
						  asker);
	r = sd_event_source_set_time_relative(asker->timer, usec);
	return r < 0 ? r : sd_event_source_set_enabled(asker->timer, SD_EVENT_ONESHOT);
}

/* The next question, or the end. @asker may be gone afterwards. */
static void go_on(struct kb_asker *asker)
{
	if (asker->turn >= KB_ASKER_QUESTIONS || !ask_all(asker) ||
	    arm(asker, KB_ASKER_TURN_USEC) < 0)
		finish(asker);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	go_on(userdata);
	return 0;
}

static void read_control(struct msghdr *msg, struct reply *ret)
{
	struct in6_pktinfo info6;
	struct in_pktinfo info4;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			ret->ifindex = info6.ipi6_ifindex;
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info4, CMSG_DATA(c), sizeof(info4));
			ret->ifindex = (u32)info4.ipi_ifindex;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT) {
			memcpy(&ret->hops, CMSG_DATA(c), sizeof(ret->hops));
		}
	}
}

/* 1 with *ret, 0 when there is none, -errno (a refused connection is told once). */
static int receive(struct kb_asker *asker, struct reply *ret)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(int)) + 64];
		struct cmsghdr align;
	} control;
	struct iovec iov = { ret->bytes, sizeof(ret->bytes) };
	struct msghdr msg = { .msg_name = &ret->from, .msg_namelen = sizeof(ret->from),
			      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(asker->fd, &msg, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	ret->usec = raw_usec();
	ret->len = (size_t)n;
	ret->hops = -1;
	ret->ifindex = 0;
	read_control(&msg, ret);
	return 1;
}

/* The question that @reply answers; NULL when there is none that waits for it. */
static struct question *find(struct kb_asker *asker, const struct reply *reply)
{
	struct question *q;
	u32 i;

	if (reply->len != KB_BEACON_ANSWER_LEN)
		return NULL;
	for (i = 0; i < asker->n; i++) {
		q = &asker->questions[i];
		if (!memcmp(q->nonce, reply->bytes + 4, sizeof(q->nonce)))
			return !q->answered && (!q->ifindex || q->ifindex == reply->ifindex) ? q : NULL;
	}
	return NULL;
}

/* Multicast stays on the link, and so must what answers to it. */
static bool came_near(struct kb_asker *asker, const struct reply *reply)
{
	const struct sockaddr_in6 *from = (const struct sockaddr_in6 *)&reply->from;
	struct kb_fault why;

	if (asker->plan.host || (reply->hops == HOPS && from->sin6_family == AF_INET6 &&
				 IN6_IS_ADDR_LINKLOCAL(&from->sin6_addr)))
		return true;
	kb_fault(&why, -EXDEV, _("the answer came through a router (hop limit %d)"), reply->hops);
	note(asker, -EXDEV, &why);
	return false;
}

static void judge(struct kb_asker *asker, const struct reply *reply)
{
	const struct kb_asker_plan *plan = &asker->plan;
	struct question *question = find(asker, reply);
	struct kb_beacon_expect expect = {
		.nonce = question ? question->nonce : asker->questions[asker->n - 1].nonce,
		.key = plan->key, .site = plan->site, .name = plan->name, .zone = plan->zone,
		.now = kb_clock_usec(CLOCK_REALTIME) / 1000000,
	};
	struct kb_beacon_answer answer;
	struct kb_fault why = {};
	u64 rtt;
	int r;

	if (!came_near(asker, reply))
		return;
	r = kb_beacon_check(reply->bytes, reply->len, &expect, &answer, &why);
	if (r) {
		note(asker, r, &why);
		return;
	}
	if (!question)
		return;
	question->answered = true;
	rtt = reply->usec - question->sent_usec;
	if (!asker->result.answered || rtt < asker->result.rtt_usec) {
		asker->result.rtt_usec = rtt > UINT32_MAX ? UINT32_MAX : (u32)rtt;
		asker->result.ifindex = reply->ifindex;
	}
	asker->result.answered = true;
	if (question >= &asker->questions[asker->first])
		asker->open--;
}

static int on_reply(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_asker *asker = userdata;
	struct kb_fault why;
	struct reply reply;
	int r;

	(void)source;
	(void)fd;
	(void)revents;
	while ((r = receive(asker, &reply)) != 0) {
		if (asker->looked_at++ >= ANSWERS_MAX) {
			finish(asker);
			return 0;
		}
		if (r > 0) {
			/* before the first question nothing can be an answer */
			if (asker->n)
				judge(asker, &reply);
			continue;
		}
		kb_fault(&why, r, _("cannot be asked: %s"), strerror(-r));
		note(asker, r, &why);
	}
	if (!asker->open)
		go_on(asker);
	return 0;
}

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) ? -errno : 0;
}

static int options(int fd, int family)
{
	int r;

	if (family == AF_INET)
		return set(fd, IPPROTO_IP, IP_PKTINFO, 1);
	r = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (!r)
		r = set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	if (!r)
		r = set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	if (!r)
		r = set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, HOPS);
	if (!r)
		r = set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, HOPS);
	if (!r)
		r = set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
	return r;
}

/* Where questions go; numeric only, nobody is asked for a name. */
static int address(struct kb_asker *asker)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
					.ai_socktype = SOCK_DGRAM };
	const char *host = asker->plan.host ?: KB_BEACON_GROUP;
	struct addrinfo *info;
	char port[8];

	snprintf(port, sizeof(port), "%u", asker->plan.port);
	if (getaddrinfo(host, port, &hints, &info))
		return -EINVAL;
	memcpy(&asker->to, info->ai_addr, info->ai_addrlen);
	asker->to_len = info->ai_addrlen;
	freeaddrinfo(info);
	return 0;
}

static int open_socket(struct kb_asker *asker, sd_event *event)
{
	int r = address(asker);

	if (r)
		return r;
	asker->fd = socket(asker->to.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (asker->fd < 0)
		return -errno;
	r = options(asker->fd, asker->to.ss_family);
	if (!r)
		r = sd_event_add_io(event, &asker->io, asker->fd, EPOLLIN, on_reply, asker);
	return r < 0 ? r : 0;
}

/* What cannot be asked is told from the loop, like everything else. */
static int begin(struct kb_asker *asker)
{
	struct kb_fault why;

	if (!asker->plan.host ||
	    !connect(asker->fd, (struct sockaddr *)&asker->to, asker->to_len))
		return arm(asker, 0);
	kb_fault(&why, -errno, _("cannot be asked: %s"), strerror(errno));
	note(asker, -errno, &why);
	asker->turn = KB_ASKER_QUESTIONS;
	return arm(asker, 0);
}

int kb_asker_new(sd_event *event, const struct kb_asker_plan *plan, kb_asker_fn done,
		 void *userdata, struct kb_asker **ret)
{
	KB_CLEANUP(kb_asker_free_p) struct kb_asker *asker = calloc(1, sizeof(*asker));
	int r;

	if (!asker)
		return -ENOMEM;
	asker->fd = -1;
	asker->plan = *plan;
	asker->done = done;
	asker->userdata = userdata;
	r = open_socket(asker, event);
	if (!r)
		r = begin(asker);
	if (r < 0)
		return r;
	*ret = asker;
	asker = NULL;
	return 0;
}

void kb_asker_free(struct kb_asker *asker)
{
	if (!asker)
		return;
	sd_event_source_disable_unref(asker->io);
	sd_event_source_disable_unref(asker->timer);
	kb_closep(&asker->fd);
	free(asker);
}
