// SPDX-License-Identifier: GPL-2.0-or-later
/* Tells when a generic netlink family comes and goes. */
#include "agent/family.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <uapi/kidoban/netlink.h>

#include "policy/i18n.h"

struct kb_family_watch {
	struct nl_sock *sock;
	const char *family;
	bool came, gone;
};

static int on_notice(struct nl_msg *msg, void *userdata)
{
	struct kb_family_watch *watch = userdata;
	struct nlmsghdr *header = nlmsg_hdr(msg);
	struct genlmsghdr *genl;
	struct nlattr *name;

	if (header->nlmsg_type != GENL_ID_CTRL || !genlmsg_valid_hdr(header, 0))
		return NL_OK;
	genl = genlmsg_hdr(header);
	name = nla_find(genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0), CTRL_ATTR_FAMILY_NAME);
	if (!name || nla_strcmp(name, watch->family))
		return NL_OK;
	watch->came |= genl->cmd == CTRL_CMD_NEWFAMILY;
	watch->gone |= genl->cmd == CTRL_CMD_DELFAMILY;
	return NL_OK;
}

int kb_family_watch_open(const char *family, struct kb_family_watch **ret, struct kb_fault *ret_fault)
{
	struct kb_family_watch *watch = calloc(1, sizeof(*watch));
	int r = -NLE_NOMEM;

	if (!watch)
		return -ENOMEM;
	watch->family = family;
	watch->sock = nl_socket_alloc();
	if (!watch->sock)
		goto fail;
	nl_socket_disable_seq_check(watch->sock);
	r = genl_connect(watch->sock);
	if (r >= 0)
		r = genl_ctrl_resolve_grp(watch->sock, "nlctrl", "notify");
	if (r >= 0)
		r = nl_socket_add_membership(watch->sock, r);
	if (r >= 0)
		r = nl_socket_modify_cb(watch->sock, NL_CB_VALID, NL_CB_CUSTOM, on_notice, watch);
	if (r >= 0)
		r = nl_socket_set_nonblocking(watch->sock);
	if (r < 0)
		goto fail;
	*ret = watch;
	return 0;
fail:
	kb_family_watch_close(watch);
	return kb_fault(ret_fault, -EIO, _("cannot watch for the kernel's netlink family %s: %s"),
			family, nl_geterror(r));
}

void kb_family_watch_close(struct kb_family_watch *watch)
{
	if (!watch)
		return;
	nl_socket_free(watch->sock);
	free(watch);
}

int kb_family_watch_fd(const struct kb_family_watch *watch)
{
	return nl_socket_get_fd(watch->sock);
}

int kb_family_watch_read(struct kb_family_watch *watch, bool *ret_came, bool *ret_gone)
{
	int r;

	watch->came = watch->gone = false;
	do {
		r = nl_recvmsgs_default(watch->sock);
	} while (r >= 0);
	if (r == -NLE_NOMEM)
		watch->came = watch->gone = true;
	*ret_came = watch->came;
	*ret_gone = watch->gone;
	return r == -NLE_AGAIN || r == -NLE_NOMEM ? 0 : -EIO;
}
