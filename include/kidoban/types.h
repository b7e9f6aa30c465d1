/* SPDX-License-Identifier: GPL-2.0-only */
/* What the decision core needs of its surroundings, in the kernel and outside. */
#ifndef KIDOBAN_TYPES_H
#define KIDOBAN_TYPES_H

#ifdef __KERNEL__
#include <asm/byteorder.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/types.h>

#define kb_zalloc(size)		kvzalloc(size, GFP_KERNEL)
#define kb_free(ptr)		kvfree(ptr)
#define kb_noinline		noinline

#else
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <linux/types.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#define le16_to_cpu(x)		le16toh(x)
#define le32_to_cpu(x)		le32toh(x)
#define le64_to_cpu(x)		le64toh(x)
#define cpu_to_le16(x)		htole16(x)
#define cpu_to_le32(x)		htole32(x)
#define cpu_to_le64(x)		htole64(x)

#define kb_zalloc(size)		calloc(1, size)
#define kb_free(ptr)		free(ptr)
#define kb_noinline		__attribute__((__noinline__))

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#endif
#ifndef __printf
#define __printf(a, b)		__attribute__((format(printf, a, b)))
#endif
#endif /* __KERNEL__ */

#endif
