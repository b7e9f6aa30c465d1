/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs behind "kidoban wifi". */
#ifndef AGENT_CLI_VERB_WIFI_H
#define AGENT_CLI_VERB_WIFI_H

#include "agent/cli/common.h"

int kb_wifi_provision(int argc, char **argv);

#endif
