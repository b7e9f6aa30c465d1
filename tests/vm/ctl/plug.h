/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plugging emulated USB devices into the machine and pulling them out. */
#ifndef VM_CTL_PLUG_H
#define VM_CTL_PLUG_H

#include <stdio.h>

#include "qmp.h"

struct machine {
	struct qmp qmp;
	const char *run;       /* the run's directory on the host, borrowed */
	char why[QMP_WHY_MAX]; /* what was wrong, for a person */
};

/**
 * machine_plug() - plug a device in
 * @m: the machine
 * @id: name of the device from now on
 * @type: one of machine_types()
 * @keys: "key=value" each; key size, medium and file describe a storage's medium, the
 *	  others go to QEMU's device (serial, port, bus, …)
 * @count: of @keys
 *
 * Return: 0; -EINVAL for an unknown type or malformed key; -EREMOTEIO when QEMU refuses;
 * both with the reason in m->why.
 */
int machine_plug(struct machine *m, const char *id, const char *type, char *const *keys, int count);

/* Pull device @id out and forget what stood behind it. Returns as machine_plug(). */
int machine_unplug(struct machine *m, const char *id);

/* Print the devices plugged in, one "ID driver" a line. Returns as machine_plug(). */
int machine_list(struct machine *m, FILE *to);

/* Print the types that machine_plug() knows. */
void machine_types(FILE *to);

#endif
