/* SPDX-License-Identifier: GPL-2.0-only */
/* The judge: puts interfaces to the decision core and holds those it refuses. */
#ifndef KB_JUDGE_H
#define KB_JUDGE_H

#include <linux/usb.h>

#include "policy.h"

/*
 * Judges the interfaces of the configuration in use that have no verdict yet,
 * and @again even if it has one (its name may be known only now). What is
 * refused is bolted. Device lock held.
 */
void kb_judge_new(struct usb_device *udev, const struct usb_interface *again);
/* Judges all of them by the policy in force. Device lock held. */
void kb_judge_all(struct usb_device *udev);

/*
 * For whoever does not get the device's lock, and holds a reference instead:
 * what the policy in force refuses is bolted and silenced, drivers or not.
 * Releasing them needs the lock, and so does opening.
 */
void kb_judge_cut(struct usb_device *udev);

enum kb_step { KB_STEP_NONE, KB_STEP_RELEASE, KB_STEP_ATTACH };

/*
 * Makes the hold agree with the verdict, and says what has to happen to the
 * driver: the caller releases or attaches it. Device lock held.
 */
enum kb_step kb_judge_hold(struct usb_interface *intf);

/* Takes every hold of @intf back, for good. Device lock held. True when there was one. */
bool kb_judge_free(struct usb_interface *intf);

/* A driver is about to probe @intf: bolts it when the driver must not have it. */
void kb_judge_bind(struct usb_interface *intf, const char *driver);
/* Must whatever driver @intf has be taken off? Bolts it again if so. */
bool kb_judge_held(struct usb_interface *intf);
/* The like, and cuts the driver off at once: it came in without asking, or has just left. */
bool kb_judge_silence(struct usb_interface *intf);
/* May @driver, which takes whole devices, have this one? Reports it if not. Device lock held. */
bool kb_judge_device(struct usb_device *udev, const char *driver);

#endif
