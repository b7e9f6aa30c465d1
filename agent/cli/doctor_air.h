/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the doctor: which radios and supplicants are there, and is the configuration the policy's? */
#ifndef AGENT_CLI_DOCTOR_AIR_H
#define AGENT_CLI_DOCTOR_AIR_H

#include "agent/cli/common.h"
#include "agent/overview.h"

/* Looks only when the policy in force proves wireless links; *ret stays zero otherwise. */
void kb_doctor_air(struct kb_wire *wire, struct kb_wireless_overview *ret);

#endif
