// SPDX-License-Identifier: GPL-2.0-or-later
/* Sealing and loading in a process of its own. */
#include "agent/worker.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/readiness.h"
#include "policy/i18n.h"

static void work(const char *config_dir, const char *state_dir, bool asked, kb_note_fn note,
		 struct kb_worker_result *ret)
{
	struct kb_wire *wire = NULL;
	struct kb_status status;

	ret->seal_err = kb_wire_open(&wire, &ret->fault);
	if (!ret->seal_err)
		ret->seal_err = kb_wire_status(wire, &status, &ret->fault);
	if (!ret->seal_err && !status.sealed) {
		ret->seal_err = kb_readiness(config_dir, asked, &ret->fault);
		ret->unready = ret->seal_err != 0;
	}
	if (!ret->seal_err)
		ret->seal_err = kb_seal(wire, config_dir, state_dir, note, NULL, &ret->fresh,
					&ret->fault);
	if (!ret->seal_err)
		ret->load_err = kb_store_load(wire, config_dir, state_dir, note, NULL, &ret->loaded,
					      &ret->fault);
	kb_wire_close(wire);
}

static _Noreturn void child(int fd, const char *config_dir, const char *state_dir, bool asked,
			    kb_note_fn note)
{
	struct kb_worker_result result = {};
	ssize_t n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	work(config_dir, state_dir, asked, note, &result);
	/* smaller than PIPE_BUF: whole or not at all */
	n = write(fd, &result, sizeof(result));
	_exit(n == (ssize_t)sizeof(result) ? EXIT_SUCCESS : EXIT_FAILURE);
}

static bool read_result(int fd, struct kb_worker_result *ret)
{
	ssize_t n;

	do {
		n = read(fd, ret, sizeof(*ret));
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*ret);
}

int kb_worker_start(struct kb_worker *worker, const char *config_dir, const char *state_dir,
		    bool asked, kb_note_fn note, struct kb_fault *ret_fault)
{
	int fds[2], err;
	pid_t pid;

	static_assert(sizeof(struct kb_worker_result) <= 4096,
		      "one write to a pipe is whole up to PIPE_BUF");
	if (pipe2(fds, O_CLOEXEC) < 0)
		return kb_fault(ret_fault, -errno, _("cannot start a worker: %s"), strerror(errno));
	pid = fork();
	err = errno;
	if (pid == 0) {
		close(fds[0]);
		child(fds[1], config_dir, state_dir, asked, note);
	}
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return kb_fault(ret_fault, -err, _("cannot start a worker: %s"), strerror(err));
	}
	*worker = (struct kb_worker){ .pid = pid, .fd = fds[0] };
	return 0;
}

void kb_worker_finish(struct kb_worker *worker, struct kb_worker_result *ret)
{
	bool whole = read_result(worker->fd, ret);
	int status = 0;

	close(worker->fd);
	while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
		;
	*worker = (struct kb_worker){ .fd = -1 };
	if (whole)
		return;
	*ret = (struct kb_worker_result){};
	ret->seal_err = kb_fault(&ret->fault, -EIO, _("the worker ended with status %d"), status);
}
