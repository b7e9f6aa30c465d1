// SPDX-License-Identifier: GPL-2.0-or-later
/* What went wrong, in a sentence. */
#include "policy/fault.h"

#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int kb_fault(struct kb_fault *ret, int err, const char *fmt, ...)
{
	va_list ap;

	if (!ret)
		return err;
	va_start(ap, fmt);
	vsnprintf(ret->text, sizeof(ret->text), fmt, ap);
	va_end(ap);
	return err;
}

int kb_fault_openssl(struct kb_fault *ret, int err, const char *fmt, ...)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	va_list ap;
	size_t used;

	ERR_clear_error();
	if (!ret)
		return err;
	va_start(ap, fmt);
	vsnprintf(ret->text, sizeof(ret->text), fmt, ap);
	va_end(ap);
	used = strlen(ret->text);
	if (reason)
		snprintf(ret->text + used, sizeof(ret->text) - used, ": %s", reason);
	return err;
}
