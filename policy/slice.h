/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where systemd keeps a slice in the tree of control groups. */
#ifndef POLICY_SLICE_H
#define POLICY_SLICE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * systemd.slice(5): dashes are levels, so "a-b.slice" lies at
 * "a.slice/a-b.slice". True with *@ret filled when @unit is the name of a slice
 * that lies deeper than its name says; false for all else, and when it does not fit.
 */
bool kb_slice_path(const char *unit, char *ret, size_t size);

#endif
