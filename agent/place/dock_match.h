/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a USB device the one that stays in the office? Pure. */
#ifndef AGENT_PLACE_DOCK_MATCH_H
#define AGENT_PLACE_DOCK_MATCH_H

#include <kidoban/place.h>

#include "policy/sysfs.h"

/* By id, and by serial number and port where the evidence names them. Root hubs never are. */
bool kb_dock_match(const struct kb_evidence *evidence, const struct kb_sysfs_device *device);

#endif
