// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink family: who may ask. Nobody without CAP_NET_ADMIN where the machine began. */
#include "expect.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "gate.h"

#define NOBODY	65534

FIXTURE(privilege) {
	struct client c;		/* opened by root before anything else */
};

FIXTURE_SETUP(privilege)
{
	ASSERT_EQ(0, gate_insert());
	ASSERT_EQ(0, client_open(&self->c));
	ASSERT_EQ(0, gate_seal(&self->c, false, 0, 0));
}

FIXTURE_TEARDOWN(privilege)
{
	client_close(&self->c);
	EXPECT_EQ(0, gate_remove());
}

static const struct {
	u8 cmd;
	int flags;
} commands[] = {
	{ KB_CMD_TRUST_ADD, 0 },   { KB_CMD_TRUST_SEAL, 0 },
	{ KB_CMD_POLICY_LOAD, 0 }, { KB_CMD_POLICY_GET, NLM_F_DUMP },
	{ KB_CMD_STATUS_GET, 0 },  { KB_CMD_DEVICE_DUMP, NLM_F_DUMP },
	{ KB_CMD_EVENT_DUMP, NLM_F_DUMP },
};

/* How many commands do not answer -EPERM. */
static unsigned int not_refused(struct client *c)
{
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		struct answer a = client_ask(c, client_request(c, commands[i].cmd,
							       commands[i].flags), NULL, NULL);

		if (a.err != -EPERM) {
			fprintf(stderr, "# command %u answered %d\n", commands[i].cmd, a.err);
			n++;
		}
	}
	return n;
}

static int drop_net_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -errno;
	data[0].effective &= ~(1u << CAP_NET_ADMIN);
	data[0].permitted &= ~(1u << CAP_NET_ADMIN);
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

static int become_nobody(void)
{
	return setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY) ? -errno : 0;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* Root of a namespace of its own, as in a container. */
static int become_container_root(int namespaces)
{
	if (unshare(CLONE_NEWUSER | namespaces))
		return -errno;
	return write_file("/proc/self/uid_map", "0 0 1");
}

/*
 * Runs @step in a child, then asks everything: over a socket of the child's
 * own and over one that root opened. Exit status: 0 all is refused.
 */
static int ask_as(struct client *roots, int (*step)(int), int argument)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct client own;

		if (step(argument))
			_exit(100);
		if (client_open(&own))
			_exit(101);
		_exit(not_refused(&own) || not_refused(roots));
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int as_nobody(int unused)
{
	(void)unused;
	return become_nobody();
}

static int as_root_without(int unused)
{
	(void)unused;
	return drop_net_admin();
}

TEST_F(privilege, nobody)
{
	EXPECT_EQ(0, ask_as(&self->c, as_nobody, 0));
}

TEST_F(privilege, root_without_the_capability)
{
	EXPECT_EQ(0, ask_as(&self->c, as_root_without, 0));
}

TEST_F(privilege, root_of_a_user_namespace)
{
	EXPECT_EQ(0, ask_as(&self->c, become_container_root, 0));
	EXPECT_EQ(0, ask_as(&self->c, become_container_root, CLONE_NEWNS));
}

/* All capabilities, but not where the family is. */
static int own_network(int namespaces)
{
	return unshare(CLONE_NEWNET | namespaces) ? -errno : 0;
}

TEST_F(privilege, another_network_namespace_has_no_family)
{
	EXPECT_EQ(101, ask_as(&self->c, own_network, 0));
	EXPECT_EQ(101, ask_as(&self->c, own_network, CLONE_NEWNS));
	EXPECT_EQ(101, ask_as(&self->c, become_container_root, CLONE_NEWNET | CLONE_NEWNS));
}

static int in_a_chroot(int unused)
{
	(void)unused;
	if (chroot("/usr") || chdir("/"))
		return -errno;
	return drop_net_admin();
}

TEST_F(privilege, a_chroot_changes_nothing)
{
	EXPECT_EQ(0, ask_as(&self->c, in_a_chroot, 0));
}

/* A socket that nobody opened does not gain by root's hand: the opener counts as well. */
TEST_F(privilege, a_socket_that_nobody_opened)
{
	struct client theirs;

	ASSERT_EQ(0, seteuid(NOBODY));
	ASSERT_EQ(0, client_open(&theirs));
	ASSERT_EQ(0, seteuid(0));
	EXPECT_EQ(0, not_refused(&theirs));
	client_close(&theirs);
}

TEST_F(privilege, events_are_not_for_nobody)
{
	pid_t pid;
	int status, err;
	struct client c;

	pid = fork();
	if (!pid) {
		if (become_nobody() || client_open(&c))
			_exit(100);
		err = client_join(&c);
		_exit(err == -EPERM ? 0 : !err ? 4 : 1);
	}
	waitpid(pid, &status, 0);
	ASSERT_TRUE(WIFEXITED(status));
	if (WEXITSTATUS(status) == 4)
		SKIP(return, "this kernel has no privileged groups");
	EXPECT_EQ(0, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
