// SPDX-License-Identifier: GPL-2.0-or-later
/* An Ethernet frame with a UDP packet in it, for tools that go past the IP stack. */
#include "frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <string.h>

/* What a frame is made of. */
struct parts {
	int family;
	unsigned char from_mac[ETH_ALEN];
	struct ether_addr to_mac;
	union { struct in_addr v4; struct in6_addr v6; } from, to;
	const char *text;
	size_t text_len;
};

static void take_address(const struct sockaddr *address, struct parts *parts)
{
	if (parts->family == AF_INET)
		parts->from.v4 = ((const struct sockaddr_in *)address)->sin_addr;
	else
		parts->from.v6 = ((const struct sockaddr_in6 *)address)->sin6_addr;
}

static int find_card(const char *card, struct parts *parts)
{
	struct ifaddrs *all, *one;
	int err = -EADDRNOTAVAIL;

	if (getifaddrs(&all))
		return -errno;
	for (one = all; one; one = one->ifa_next) {
		const struct sockaddr *a = one->ifa_addr;

		if (!a || strcmp(one->ifa_name, card))
			continue;
		if (a->sa_family == AF_PACKET)
			memcpy(parts->from_mac, ((const struct sockaddr_ll *)a)->sll_addr, ETH_ALEN);
		if (a->sa_family != parts->family || !err)
			continue;
		take_address(a, parts);
		err = 0;
	}
	freeifaddrs(all);
	return err;
}

static unsigned int add_words(unsigned int sum, const void *data, size_t len)
{
	const unsigned char *d = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? d[i] : (unsigned int)d[i] << 8;
	return sum;
}

static unsigned short fold(unsigned int sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((unsigned short)~sum);
}

static void put_udp(struct udphdr *udp, const struct parts *parts, const void *addresses, size_t len)
{
	udp->source = udp->dest = htons(FRAME_PORT);
	udp->len = htons((unsigned short)(sizeof(*udp) + parts->text_len));
	memcpy(udp + 1, parts->text, parts->text_len);
	udp->check = fold(add_words(add_words(IPPROTO_UDP + ntohs(udp->len), addresses, len), udp,
				    ntohs(udp->len)));
}

static size_t put_ip4(unsigned char *at, const struct parts *parts)
{
	struct iphdr *ip = (struct iphdr *)at;
	size_t len = sizeof(*ip) + sizeof(struct udphdr) + parts->text_len;

	*ip = (struct iphdr){ .version = 4, .ihl = 5, .tot_len = htons((unsigned short)len), .ttl = 64,
			      .protocol = IPPROTO_UDP, .saddr = parts->from.v4.s_addr,
			      .daddr = parts->to.v4.s_addr };
	ip->check = fold(add_words(0, ip, sizeof(*ip)));
	put_udp((struct udphdr *)(ip + 1), parts, &ip->saddr, 8);
	return len;
}

static size_t put_ip6(unsigned char *at, const struct parts *parts)
{
	struct ip6_hdr *ip = (struct ip6_hdr *)at;
	size_t len = sizeof(struct udphdr) + parts->text_len;

	*ip = (struct ip6_hdr){ .ip6_src = parts->from.v6, .ip6_dst = parts->to.v6 };
	ip->ip6_flow = htonl(6u << 28);
	ip->ip6_plen = htons((unsigned short)len);
	ip->ip6_nxt = IPPROTO_UDP;
	ip->ip6_hlim = 64;
	put_udp((struct udphdr *)(ip + 1), parts, &ip->ip6_src, 32);
	return sizeof(*ip) + len;
}

int frame_make(const char *card, const char *next_hop, const char *to, const char *text,
	       struct frame *ret_frame)
{
	struct parts parts = { .family = strchr(to, ':') ? AF_INET6 : AF_INET, .text = text,
			       .text_len = strlen(text) };
	struct ether_header *head = (struct ether_header *)ret_frame->bytes;
	unsigned int ifindex = if_nametoindex(card);
	int err;

	if (!ifindex)
		return -ENODEV;
	if (parts.text_len > FRAME_ROOM - sizeof(*head) - sizeof(struct ip6_hdr) - sizeof(struct udphdr))
		return -E2BIG;
	if (!ether_aton_r(next_hop, &parts.to_mac) || inet_pton(parts.family, to, &parts.to) != 1)
		return -EINVAL;
	err = find_card(card, &parts);
	if (err)
		return err;
	memcpy(head->ether_dhost, &parts.to_mac, ETH_ALEN);
	memcpy(head->ether_shost, parts.from_mac, ETH_ALEN);
	head->ether_type = htons(parts.family == AF_INET ? ETHERTYPE_IP : ETHERTYPE_IPV6);
	ret_frame->ip = sizeof(*head);
	ret_frame->len = sizeof(*head) + (parts.family == AF_INET ?
		put_ip4(ret_frame->bytes + sizeof(*head), &parts) :
		put_ip6(ret_frame->bytes + sizeof(*head), &parts));
	ret_frame->ifindex = ifindex;
	return 0;
}
