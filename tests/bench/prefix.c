// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * prefix FILE...: what a look-up in the prefix table costs, for lists of prefixes one a line.
 * Every answer is compared with the naive model first. Under -icount a nanosecond is an instruction.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <kidoban/prefix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ADDRESSES = 4096, NETWORKS = 16, ROUNDS = 15, NAIVE_WORK = 4000000 };

struct list {
	struct kb_prefix prefixes[KB_PREFIXES_MAX];
	u32 n;
	struct kb_prefix_table *table;
	union kb_ip addresses[2][ADDRESSES]; /* IPv4, IPv6 */
};

static void die(const char *what)
{
	fprintf(stderr, "prefix: %s\n", what);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Marsaglia's xorshift: the same addresses every time. */
static u32 noise(void)
{
	static u32 state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* One line; the IPv4 address of a prefix is kept in host byte order. */
static void read_prefix(struct kb_prefix *prefix, char *line, u32 index)
{
	char *slash = strchr(line, '/');
	u32 v4;

	if (!slash)
		die("a line is not a prefix");
	*slash = '\0';
	memset(prefix, 0, sizeof(*prefix));
	prefix->len = strtoul(slash + 1, NULL, 10);
	prefix->network = index % NETWORKS;
	if (inet_pton(AF_INET, line, &v4) == 1) {
		prefix->version = 4;
		prefix->addr.v4 = ntohl(v4);
	} else if (inet_pton(AF_INET6, line, prefix->addr.v6) == 1) {
		prefix->version = 6;
	} else {
		die("a line is not a prefix");
	}
}

static void read_list(struct list *list, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[128];

	if (!file)
		die(path);
	list->n = 0;
	while (fgets(line, sizeof(line), file)) {
		if (list->n == KB_PREFIXES_MAX)
			die("too many prefixes");
		read_prefix(&list->prefixes[list->n], line, list->n);
		list->n++;
	}
	fclose(file);
}

/* Bit @i of an address in network byte order. */
static bool bit(const u8 *bytes, u32 i)
{
	return bytes[i / 8] >> (7 - i % 8) & 1;
}

/* Half lie in some prefix, the others a bit beside it: far away would be found out too soon. */
static void make_addresses(struct list *list)
{
	for (u32 i = 0; i < 2 * ADDRESSES; i++) {
		const struct kb_prefix *prefix = &list->prefixes[noise() % list->n];
		union kb_ip ip;

		while (prefix->version != (i < ADDRESSES ? 4 : 6))
			prefix = &list->prefixes[noise() % list->n];
		ip = prefix->addr;
		if (prefix->version == 4) {
			ip.v4 |= prefix->len < 32 ? noise() >> prefix->len : 0;
			ip.v4 ^= i % 2 ? 1u << (32 - prefix->len) : 0;
		} else {
			for (u32 b = prefix->len; b < 128; b++)
				ip.v6[b / 8] |= (noise() & 1) << (7 - b % 8);
			ip.v6[(prefix->len - 1) / 8] ^= i % 2 ? 1u << (7 - (prefix->len - 1) % 8) : 0;
		}
		list->addresses[i / ADDRESSES][i % ADDRESSES] = ip;
	}
}

/* The naive model: every prefix is asked. Returns the mask of networks. */
static u32 naive4(const struct list *list, u32 addr)
{
	u32 mask = 0;

	for (u32 i = 0; i < list->n; i++) {
		const struct kb_prefix *p = &list->prefixes[i];

		if (p->version == 4 && (!p->len || !((addr ^ p->addr.v4) >> (32 - p->len))))
			mask |= 1u << p->network;
	}
	return mask;
}

static u32 naive6(const struct list *list, const union kb_ip *addr)
{
	u32 mask = 0;

	for (u32 i = 0; i < list->n; i++) {
		const struct kb_prefix *p = &list->prefixes[i];
		u32 same = 0;

		if (p->version != 6)
			continue;
		if (memcmp(addr->v6, p->addr.v6, p->len / 8))
			continue;
		same = p->len / 8 * 8;
		while (same < p->len && bit(addr->v6, same) == bit(p->addr.v6, same))
			same++;
		if (same == p->len)
			mask |= 1u << p->network;
	}
	return mask;
}

static void compare(const struct list *list)
{
	for (u32 i = 0; i < 2 * ADDRESSES; i++) {
		const union kb_ip *ip = &list->addresses[i / ADDRESSES][i % ADDRESSES];
		bool v4 = i < ADDRESSES;
		u16 class = v4 ? kb_prefix_lookup4(list->table, ip->v4) :
				 kb_prefix_lookup6(list->table, ip);
		u32 mask = 0;

		for (u16 network = 0; network < NETWORKS; network++)
			if (kb_prefix_class_has(list->table, class, network))
				mask |= 1u << network;
		if (mask != (v4 ? naive4(list, ip->v4) : naive6(list, ip)))
			die("the table and the naive model disagree");
	}
}

enum what { NOTHING, TABLE4, TABLE6, NAIVE4, NAIVE6 };

/* Not inlined, and one loop for each: the compiler must not mix them. */
static __attribute__((noinline)) u32 look_up(const struct list *list, enum what what, u32 n)
{
	u32 sum = 0;

	switch (what) {
	case NOTHING:
		for (u32 i = 0; i < n; i++)
			sum += *(const volatile u32 *)&list->addresses[0][i].v4;
		break;
	case TABLE4:
		for (u32 i = 0; i < n; i++)
			sum += kb_prefix_lookup4(list->table, list->addresses[0][i].v4);
		break;
	case TABLE6:
		for (u32 i = 0; i < n; i++)
			sum += kb_prefix_lookup6(list->table, &list->addresses[1][i]);
		break;
	case NAIVE4:
		for (u32 i = 0; i < n; i++)
			sum += naive4(list, list->addresses[0][i].v4);
		break;
	case NAIVE6:
		for (u32 i = 0; i < n; i++)
			sum += naive6(list, &list->addresses[1][i]);
		break;
	}
	return sum;
}

/* The least of several rounds, ns a look-up. */
static double measure(const struct list *list, enum what what)
{
	u32 n = what < NAIVE4 || list->n < NAIVE_WORK / ADDRESSES ? ADDRESSES : NAIVE_WORK / list->n;
	static volatile u32 sink;
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t began = now_ns();
		double each;

		sink = look_up(list, what, n);
		each = (double)(now_ns() - began) / n;
		if (!round || each < best)
			best = each;
	}
	(void)sink;
	return best;
}

int main(int argc, char **argv)
{
	static struct list list;

	printf("%8s %8s %8s %10s %10s %12s %12s %10s\n", "prefixes", "IPv4", "IPv6", "naive v4",
	       "naive v6", "build", "memory", "a prefix");
	for (int i = 1; i < argc; i++) {
		uint64_t began;
		double loop, built;
		size_t memory;

		read_list(&list, argv[i]);
		began = now_ns();
		if (kb_prefix_build(list.prefixes, list.n, NETWORKS, &list.table))
			die("the table cannot be built");
		built = (double)(now_ns() - began);
		memory = kb_prefix_memory(list.table);
		make_addresses(&list);
		compare(&list);
		loop = measure(&list, NOTHING);
		printf("%8" PRIu32 " %8.1f %8.1f %10.0f %10.0f %12.0f %12zu %10.1f\n", list.n,
		       measure(&list, TABLE4) - loop, measure(&list, TABLE6) - loop,
		       measure(&list, NAIVE4) - loop, measure(&list, NAIVE6) - loop, built, memory,
		       (double)memory / list.n);
		kb_prefix_free(list.table);
	}
	return 0;
}
