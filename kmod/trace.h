/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints kidoban:verdict and kidoban:link, for ftrace, perf and bpftrace. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kidoban

#if !defined(KB_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KB_TRACE_H

#include <linux/tracepoint.h>

#include "link_report.h"
#include "roster.h"

/* Plain arrays instead of __string(): its helpers differ between kernels. */
TRACE_EVENT(verdict,
	TP_PROTO(const struct kb_entry *judged),
	TP_ARGS(judged),
	TP_STRUCT__entry(
		__array(char, interface, 32)
		__field(u16, vendor)
		__field(u16, product)
		__field(u32, classes)
		__field(u8, action)
		__field(u8, reason)
		__field(u8, mode)
		__field(u32, line)
	),
	TP_fast_assign(
		const struct usb_device *udev = interface_to_usbdev(judged->intf);

		strscpy(__entry->interface, kb_entry_name(judged), sizeof(__entry->interface));
		__entry->vendor = le16_to_cpu(udev->descriptor.idVendor);
		__entry->product = le16_to_cpu(udev->descriptor.idProduct);
		__entry->classes = judged->classes;
		__entry->action = judged->verdict.action;
		__entry->reason = judged->verdict.reason;
		__entry->mode = kb_entry_mode(judged);
		__entry->line = kb_entry_line(judged);
	),
	TP_printk("%s %04x:%04x classes=%#x action=%s reason=%u mode=%s line=%u",
		__entry->interface, __entry->vendor, __entry->product, __entry->classes,
		__entry->action == KB_ACTION_ALLOW ? "allow" : "refuse", __entry->reason,
		__entry->mode == KB_GATE_ENFORCE ? "enforce" : "audit", __entry->line)
);

TRACE_EVENT(link,
	TP_PROTO(const struct kb_link *judged),
	TP_ARGS(judged),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(int, ifindex)
		__field(u32, netns)
		__field(u8, kind)
		__field(u8, bus)
		__field(u8, action)
		__field(u8, reason)
		__field(u8, mode)
		__field(u32, line)
	),
	TP_fast_assign(
		strscpy(__entry->name, judged->dev->name, sizeof(__entry->name));
		__entry->ifindex = judged->dev->ifindex;
		__entry->netns = dev_net(judged->dev)->ns.inum;
		__entry->kind = judged->kind;
		__entry->bus = judged->bus;
		__entry->action = judged->verdict.action;
		__entry->reason = judged->verdict.reason;
		__entry->mode = kb_link_mode(judged);
		__entry->line = kb_link_line(judged);
	),
	TP_printk("%s %d netns=%u kind=%u bus=%u action=%s reason=%u mode=%s line=%u",
		__entry->name, __entry->ifindex, __entry->netns, __entry->kind, __entry->bus,
		__entry->action == KB_ACTION_ALLOW ? "allow" : "refuse", __entry->reason,
		__entry->mode == KB_GATE_ENFORCE ? "enforce" : "audit", __entry->line)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
