/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How fast this machine's time stamp counter runs, which is a terminal's too. */
#ifndef VM_CTL_TSC_H
#define VM_CTL_TSC_H

/* kHz, measured within a tenth of a second; 0 on machines without one. */
unsigned long tsc_khz(void);

#endif
