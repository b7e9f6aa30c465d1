// SPDX-License-Identifier: GPL-2.0-only
/* May a policy come into force here and now, after the one before it? */
#include <kidoban/policy.h>

/* A sentence about the whole policy: no byte of it is to blame. Returns @err. */
static int __printf(3, 4) refuse(struct kb_blob_error *error, int err, const char *format, ...)
{
	va_list args;

	if (!error)
		return err;
	error->offset = 0;
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return err;
}

/* Empty in the terminal's own description accepts everybody's. */
static bool meant_for(const char *ours, const char *theirs)
{
	return !ours[0] || !strcmp(ours, theirs);
}

/* -1, 0 or 1: the epoch is compared first, the serial within it. */
static int compare_age(u32 epoch_a, u32 serial_a, u32 epoch_b, u32 serial_b)
{
	if (epoch_a != epoch_b)
		return epoch_a < epoch_b ? -1 : 1;
	if (serial_a != serial_b)
		return serial_a < serial_b ? -1 : 1;
	return 0;
}

static int stale(const struct kb_policy_header *next, u32 epoch, u32 serial,
		 struct kb_blob_error *ret_error)
{
	return refuse(ret_error, -ESTALE, "epoch %u serial %u does not follow epoch %u serial %u",
		      next->epoch, next->serial, epoch, serial);
}

static int admit_address(const struct kb_policy_header *next, const struct kb_terminal *terminal,
			 struct kb_blob_error *ret_error)
{
	if (!meant_for(terminal->municipality, next->municipality))
		return refuse(ret_error, -EXDEV, "made for municipality %s, this terminal is of %s",
			      next->municipality, terminal->municipality);
	if (!meant_for(terminal->group, next->group))
		return refuse(ret_error, -EXDEV, "made for group %.60s, this terminal is in %.60s",
			      next->group, terminal->group);
	return 0;
}

static int admit_time(const struct kb_policy_header *next, u64 now,
		      struct kb_blob_error *ret_error)
{
	/* The second named by expires is the first one outside. */
	if (now >= next->expires)
		return refuse(ret_error, -EKEYEXPIRED, "expired at %llu, it is %llu",
			      (unsigned long long)next->expires, (unsigned long long)now);
	if (now < next->not_before)
		return refuse(ret_error, -ETIME, "not valid before %llu, it is %llu",
			      (unsigned long long)next->not_before,
			      (unsigned long long)now);
	return 0;
}

/*
 * A policy equal to the floor comes back after a reboot; while one is in force
 * only a younger one may follow, younger than the floor as well.
 */
static int admit_age(const struct kb_policy *next, const struct kb_policy *in_force,
		     const struct kb_terminal *terminal, struct kb_blob_error *ret_error)
{
	const struct kb_policy_header *to = &next->header;
	const struct kb_policy_header *from;
	int age;

	age = compare_age(to->epoch, to->serial, terminal->floor_epoch, terminal->floor_serial);
	if (age < 0 || (!age && in_force))
		return stale(to, terminal->floor_epoch, terminal->floor_serial, ret_error);
	if (!in_force)
		return 0;
	from = &in_force->header;
	if (compare_age(to->epoch, to->serial, from->epoch, from->serial) <= 0)
		return stale(to, from->epoch, from->serial, ret_error);
	return 0;
}

/*
 * After a reboot the terminal obeys again what it obeyed before, whatever the
 * clock says: a stale policy is reported and kept, an empty gate would be open.
 */
static bool returns(const struct kb_policy *next, const struct kb_policy *in_force,
		    const struct kb_terminal *terminal)
{
	return !in_force && terminal->floor_serial &&
	       !compare_age(next->header.epoch, next->header.serial, terminal->floor_epoch,
			    terminal->floor_serial);
}

int kb_policy_admit(const struct kb_policy *next, const struct kb_policy *in_force,
		    const struct kb_terminal *terminal, u64 now, struct kb_blob_error *ret_error)
{
	int err;

	if (in_force && next->blob_len == in_force->blob_len &&
	    !memcmp(next->blob, in_force->blob, next->blob_len))
		return refuse(ret_error, -EALREADY, "this policy is in force already");
	err = admit_address(&next->header, terminal, ret_error);
	if (!err)
		err = admit_age(next, in_force, terminal, ret_error);
	if (!err && !returns(next, in_force, terminal))
		err = admit_time(&next->header, now, ret_error);
	return err;
}
