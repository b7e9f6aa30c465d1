/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MESSAGE_ID of journal records; packaging/systemd/kidoban.catalog explains each. Never change one. */
#ifndef AGENT_MESSAGE_IDS_H
#define AGENT_MESSAGE_IDS_H

/* an interface was allowed */
#define KB_MESSAGE_VERDICT_ALLOWED "b623bc6c277f47c8928acaf2edc5696e"
/* an interface was refused */
#define KB_MESSAGE_VERDICT_REFUSED "f4f1501c6bb1438ea3fb364d92607bb1"
/* enforce would have refused it */
#define KB_MESSAGE_VERDICT_AUDITED "e4d8797f2b9b4fa69300ba4dad2cea3f"
/* somebody tried to use a refused interface */
#define KB_MESSAGE_OVERRIDE "cec78517d4a1429db3a2027a9d0e7e53"
/* a refused interface was unplugged */
#define KB_MESSAGE_GONE "84bcc9a6e3634d8f9e5c3c108dd2d909"
/* a signing key was added */
#define KB_MESSAGE_TRUST "78eef9dc24f34542a91a6d0ef362d74f"
/* trust was sealed */
#define KB_MESSAGE_SEALED "66ad7540b446466297d5ab50fec9f120"
/* a policy came into force */
#define KB_MESSAGE_POLICY "daa5c6d4a05b472bad75996fb69c8d4e"
/* the module put its own policy in force */
#define KB_MESSAGE_FALLBACK "3e82a19b9c3247a19c02a1a7f51595f8"
/* the module refused a policy */
#define KB_MESSAGE_POLICY_REFUSED "5e31200a75214a52a4e617eeac8437ff"
/* a network interface was allowed */
#define KB_MESSAGE_LINK_ALLOWED "7c5d55e9e8fd4559974a7afbfb2883a7"
/* a network interface was refused */
#define KB_MESSAGE_LINK_REFUSED "f0342f7c0c324dbbbb1e389b4dc8a7eb"
/* enforce would have refused it */
#define KB_MESSAGE_LINK_AUDITED "c6cb1704cb964cf89671c07e5434a014"
/* somebody tried to use a refused network interface */
#define KB_MESSAGE_LINK_OVERRIDE "79f696fb48ff4eb88332fc9be96fa822"
/* a refused network interface disappeared */
#define KB_MESSAGE_LINK_GONE "883f891700d44790ac2f61777d6157ad"
/* a network interface carries what passes by the path gate */
#define KB_MESSAGE_BYPASS "713bc5974f6a4121bfa393f0d25f576f"
/* traffic was refused */
#define KB_MESSAGE_PACKET_REFUSED "eef34d949b154ec8b2af85721174c2e5"
/* enforce would have refused traffic */
#define KB_MESSAGE_PACKET_AUDITED "e93089b02e86441eaa840a65d49db40d"
/* the lease began, or the place changed */
#define KB_MESSAGE_LEASE_BEGAN "01c920bd8744438bac89b642078ce759"
/* the lease ended */
#define KB_MESSAGE_LEASE_ENDED "793209fc3c5242ec88df45736c9b85f3"
/* the terminal was isolated */
#define KB_MESSAGE_ISOLATED "b38ea2121bfa4adeab84ddeef78aa667"
/* the terminal was released from isolation */
#define KB_MESSAGE_RELEASED "5d43994e406b420db0260063f30537fb"
/* an association was proven to match a profile */
#define KB_MESSAGE_WIFI_PROVEN "0824b41fe585416686450cf8fbd35314"
/* an association matches no profile: its link stays closed */
#define KB_MESSAGE_WIFI_REFUSED "f7546c098ec044a081a9227333c4d5b1"
/* a wireless link was joined, left, or roamed */
#define KB_MESSAGE_WIFI_HISTORY "4b1c626be50b4fcdb8a3ad12612d3e41"
/* an access point looks like an impostor */
#define KB_MESSAGE_WIFI_SUSPECT "5a9beaabac5d45a3b27fdea41c8958ac"
/* a wireless device of a kind that terminals must not have was found or removed */
#define KB_MESSAGE_WIFI_MODE "bbb96282a82b415c8dd51b2d57b5e4fc"
/* the supplicant's configuration was not as the policy says */
#define KB_MESSAGE_WIFI_PROVISION "e614f462a54148f68ff55aed564899ab"
/* the terminal is in a zone */
#define KB_MESSAGE_ZONE_ENTERED "7645a1a37e334eb1a22e126fe8085c4e"
/* the terminal left a zone, or cannot prove it any more */
#define KB_MESSAGE_ZONE_LEFT "e2f2794e078b449e80ec09caf5c63e8f"
/* the terminal was carried out of its zone */
#define KB_MESSAGE_CARRY_OUT "e53690ffdff949b68c4430f2f3e9e551"
/* the terminal came back, or is overdue */
#define KB_MESSAGE_CARRY_RETURN "6ef6321d15b348a892c7d4472a51b5a5"
/* a newer module's event */
#define KB_MESSAGE_UNKNOWN "2217664477c740fb9a7949adc2d6242c"
/* events were lost before they reached the journal */
#define KB_MESSAGE_EVENTS_LOST "7bc59e3f5e1d4997b8af9ae35356c002"
/* the agent cannot do its work */
#define KB_MESSAGE_AGENT_TROUBLE "c33dadcd26d648acbdbfda33438e8fa3"
/* the agent did something */
#define KB_MESSAGE_AGENT_NOTE "4fb6685682ba40da971d0179a32b346d"

#endif
