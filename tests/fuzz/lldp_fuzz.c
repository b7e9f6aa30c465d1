// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a switch's frame: what is taken has its form, and its text is fit for people. */
#include <stdlib.h>
#include <string.h>

#include "agent/place/lldp_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
	if (!*text || strlen(text) >= KB_LLDP_ID_TEXT)
		abort();
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_lldp lldp, again;

	if (size >= 6)
		kb_lldp_is_group(data);
	if (kb_lldp_parse(data, size, &lldp))
		return 0;
	check_text(lldp.chassis);
	check_text(lldp.port);
	if (!lldp.chassis_len || !lldp.port_len || !lldp.chassis_type || !lldp.port_type ||
	    lldp.chassis_type >= KB_LLDP_CHASSIS_MAX || lldp.port_type >= KB_LLDP_PORT_MAX ||
	    lldp.chassis_id[lldp.chassis_len] || lldp.port_id[lldp.port_len])
		abort();
	/* an id is itself, and another is not */
	if (strlen(lldp.chassis_id) == lldp.chassis_len &&
	    lldp.chassis_type != KB_LLDP_CHASSIS_MAC && !kb_lldp_is_chassis(&lldp, lldp.chassis_id))
		abort();
	kb_lldp_is_port(&lldp, "Gi1/0/[1-24]");
	lldp.chassis_id[0] ^= 1;
	if (lldp.chassis_type != KB_LLDP_CHASSIS_MAC && lldp.chassis_id[0] &&
	    kb_lldp_parse(data, size, &again) == 0 && kb_lldp_is_chassis(&again, lldp.chassis_id))
		abort();
	return 0;
}
