/* SPDX-License-Identifier: GPL-2.0-only */
/* The only place where kernels differ; see probe.sh for who sets KB_HAVE_*. */
#ifndef KB_COMPAT_H
#define KB_COMPAT_H

#ifdef KB_HAVE_USBDRV_WRAP
#define kb_compat_usb_driver_bus(drv)	((drv)->drvwrap.driver.bus)
#else
#define kb_compat_usb_driver_bus(drv)	((drv)->driver.bus)
#endif

/* struct bus_type became const in struct device: name the type, not the qualifier. */
#define kb_compat_bus_ptr		typeof(((struct device *)NULL)->bus)

#ifdef KB_HAVE_GENL_RESV_START
#define KB_COMPAT_RESV_START(op)	.resv_start_op = (op),
#else
#define KB_COMPAT_RESV_START(op)
#endif

#ifdef KB_HAVE_GENL_MCAST_CAP
#define KB_COMPAT_MCAST_CAP		.flags = GENL_MCAST_CAP_NET_ADMIN,
#else
#define KB_COMPAT_MCAST_CAP
#endif

/* Attributes of a dump request: in genl_dumpit_info itself, later in its genl_info. */
#ifdef KB_HAVE_DUMPIT_GENL_INFO
#define kb_compat_dump_attrs(dumpit)	((dumpit)->info.attrs)
#else
#define kb_compat_dump_attrs(dumpit)	((dumpit)->attrs)
#endif

#endif
