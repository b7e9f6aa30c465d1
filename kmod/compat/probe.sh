#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Prints -DKB_HAVE_... flags for what the kernel headers below $1 offer.
# Features are looked for, versions never compared: stable trees backport API.
set -eu
tree=$1

has() { # FLAG HEADER PATTERN
	if grep -Eqs "$3" "$tree/include/$2"; then
		printf -- '-DKB_HAVE_%s ' "$1"
	fi
}

# struct usb_driver embeds usbdrv_wrap (old) or device_driver (new)
has USBDRV_WRAP linux/usb.h '^[[:space:]]*struct usbdrv_wrap[[:space:]]+drvwrap;'
# first op that is refused when its reserved header bits are set
has GENL_RESV_START net/genetlink.h '^[[:space:]]*u8[[:space:]]+resv_start_op;'
# multicast groups only privileged sockets may join
has GENL_MCAST_CAP net/genetlink.h 'GENL_MCAST_CAP_NET_ADMIN'
# struct genl_dumpit_info carries a struct genl_info
has DUMPIT_GENL_INFO net/genetlink.h '^[[:space:]]*struct genl_info[[:space:]]+info;'
# struct net_device says with a flag that rtnetlink is making it
has RTNL_LINK_FLAG linux/netdevice.h '^[[:space:]]*u8[[:space:]]+rtnl_link_initializing;'
# programs and classifiers hang on a device together (tcx)
has TCX linux/netdevice.h 'tcx_ingress;'
# hrtimers are set up with their function in one call
has HRTIMER_SETUP linux/hrtimer.h '(void|extern void) hrtimer_setup\('
# the owner of a socket is read through an accessor
has SK_UID net/sock.h 'static inline kuid_t sk_uid\('
