/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy that the module carries within itself, for a terminal that has no signed one yet. */
#ifndef KB_BUILTIN_H
#define KB_BUILTIN_H

/*
 * With the module parameter "fallback", puts the built-in policy in force.
 * Call it before anything is judged. When that fails the module goes on
 * without: a signed policy may still come, and the machine shall boot.
 */
void kb_builtin_init(void);

#endif
