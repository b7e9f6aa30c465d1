/* SPDX-License-Identifier: GPL-2.0-only */
/* Integers in bytes. */
#ifndef KIDOBAN_BYTES_H
#define KIDOBAN_BYTES_H

#include <kidoban/types.h>

/* Little-endian integers at any alignment. */
static inline u16 kb_get_le16(const u8 *p)
{
	return (u16)(p[0] | p[1] << 8);
}

static inline u32 kb_get_le32(const u8 *p)
{
	return kb_get_le16(p) | (u32)kb_get_le16(p + 2) << 16;
}

static inline u64 kb_get_le64(const u8 *p)
{
	return kb_get_le32(p) | (u64)kb_get_le32(p + 4) << 32;
}

/* The same for addresses, whose first byte counts most. */
static inline u32 kb_get_be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static inline u64 kb_get_be64(const u8 *p)
{
	return (u64)p[0] << 56 | (u64)p[1] << 48 | (u64)p[2] << 40 | (u64)p[3] << 32 |
	       (u64)p[4] << 24 | (u64)p[5] << 16 | (u64)p[6] << 8 | p[7];
}

#endif
