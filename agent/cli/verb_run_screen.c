// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban run-screen: a screen-transfer client, in its control group, sharing what the policy lets it. */
#include <grp.h>
#include <limits.h>
#include <pwd.h>

#include "agent/caller.h"
#include "agent/cli/common.h"
#include "agent/paths.h"
#include "agent/scope.h"
#include "agent/screen.h"
#include "agent/screen_list.h"

/* For whom the client runs. */
struct screen_user {
	uid_t uid;
	gid_t gid;
	char name[64], home[PATH_MAX];
};

/*
 * 0 or an exit code. Never root: a client that reads what a server sends is no place for that.
 * Who came through pkexec gave no password, so nothing runs as anybody but him.
 */
static int find_user(const char *given, const struct kb_caller *caller, struct screen_user *ret)
{
	struct passwd entry = {}, *found = NULL;
	char buf[16 * 1024], number[16] = "";
	int r = 0;

	if (given)
		r = getpwnam_r(given, &entry, buf, sizeof(buf), &found);
	else if (caller->way == KB_CALLER_NOBODY && !getenv("PKEXEC_UID") && !getenv("SUDO_UID"))
		return kb_complain(KB_EXIT_USAGE, _("say for whom: --user NAME, or come through sudo"));
	else {
		snprintf(number, sizeof(number), "%u", caller->uid);
		r = getpwuid_r(caller->uid, &entry, buf, sizeof(buf), &found);
	}
	if (r || !found)
		return kb_complain(KB_EXIT_REFUSED, _("no user '%s'"), given ?: number);
	if (!entry.pw_uid)
		return kb_complain(KB_EXIT_REFUSED, _("a screen-transfer client does not run as root"));
	if (caller->way == KB_CALLER_PKEXEC && entry.pw_uid != caller->uid)
		return kb_complain(KB_EXIT_PERMISSION,
				   _("--user is for administrators: sudo kidoban run-screen --user %s ..."),
				   entry.pw_name);
	ret->uid = entry.pw_uid;
	ret->gid = entry.pw_gid;
	snprintf(ret->name, sizeof(ret->name), "%s", entry.pw_name);
	snprintf(ret->home, sizeof(ret->home), "%s", entry.pw_dir);
	return 0;
}

/* Where the shell would find it; a name with a slash is a file. */
static bool search(const char *client, char ret[PATH_MAX])
{
	static const char places[] = "/usr/local/bin:/usr/bin:/bin";
	char path[PATH_MAX];
	const char *at, *end;

	if (strchr(client, '/'))
		return realpath(client, ret);
	for (at = places; *at; at = *end ? end + 1 : end) {
		end = at + strcspn(at, ":");
		snprintf(path, sizeof(path), "%.*s/%s", (int)(end - at), at, client);
		if (realpath(path, ret))
			return true;
	}
	return false;
}

/* With the user's own rights: nobody is told by us of files that he cannot see. */
static bool search_as(const struct screen_user *user, const char *client, char ret[PATH_MAX])
{
	bool found = !setgroups(0, NULL) && !setegid(user->gid) && !seteuid(user->uid) &&
		     search(client, ret);

	return !seteuid(0) && !setegid(0) && found;
}

/*
 * What a user can write or link he can make anything of, and inside the
 * control group that anything would reach what is protected: the name that
 * counts is that of the file behind all links, and file and folders are root's.
 * For everybody but root himself the administrator's list says which they are.
 */
static int find_client(const char *client, const struct kb_caller *caller, const struct screen_user *user,
		       char ret[PATH_MAX])
{
	bool is_root = caller->way == KB_CALLER_NOBODY;
	struct kb_fault why = {};
	int r;

	if (!(is_root ? search(client, ret) : search_as(user, client, ret)))
		return kb_complain(KB_EXIT_REFUSED, _("no program '%s'"), client);
	if (kb_roots_alone(ret))
		return kb_complain(KB_EXIT_REFUSED, _("%s is not root's alone to change"), ret);
	if (is_root)
		return 0;
	r = kb_screen_listed(KB_CONFIG_DIR "/" KB_CLIENTS_FILE, ret, &why);
	return r ? kb_complain(r == -EBADMSG ? KB_EXIT_PARSE : KB_EXIT_PERMISSION, "%s", why.text) : 0;
}

/* The mask of what may be shared, out of the policy in force. 0 or an exit code. */
static int ask_shared(u32 *ret)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	KB_CLEANUP(kb_policy_free_p) struct kb_policy *policy = NULL;
	struct kb_bytes blob = {};
	struct kb_blob_error error = {};
	struct kb_fault why = {};
	int r = kb_open_module(&wire);

	if (r)
		return r;
	r = kb_wire_policy_get(wire, &blob, &why);
	if (r == -ENODATA) {
		*ret = KB_SCREEN_ALL;	/* nothing is enforced */
		return 0;
	}
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	r = kb_policy_parse(blob.data, blob.len, &policy, &error);
	kb_bytes_done(&blob);
	if (r)
		return kb_complain(KB_EXIT_PARSE, _("compiled policy: %s"), error.text);
	*ret = policy->paths.mode == KB_GATE_ENFORCE ? policy->paths.screen : KB_SCREEN_ALL;
	return 0;
}

/*
 * What a client needs of its environment. All else stays behind: a preloaded
 * library would be inside the control group, too.
 */
static const char *const kept[] = {
	"DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE",
	"DBUS_SESSION_BUS_ADDRESS", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES",
	"LC_TIME", "TZ", "TERM", "KRB5CCNAME", "PULSE_SERVER", "XMODIFIERS", "GTK_IM_MODULE",
	"QT_IM_MODULE",
};

static int clean_environment(const struct screen_user *user)
{
	char *values[ARRAY_SIZE(kept)] = {};
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(kept); i++)
		if (getenv(kept[i]) && !(values[i] = strdup(getenv(kept[i]))))
			r = -ENOMEM;
	clearenv();
	for (i = 0; i < ARRAY_SIZE(kept); i++) {
		if (values[i] && setenv(kept[i], values[i], 1))
			r = -ENOMEM;
		free(values[i]);
	}
	if (setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1) || setenv("HOME", user->home, 1) ||
	    setenv("USER", user->name, 1) || setenv("LOGNAME", user->name, 1))
		r = -ENOMEM;
	return r;
}

/* Cannot be undone: real, effective and saved ids, and every group. */
static int become(const struct screen_user *user)
{
	if (initgroups(user->name, user->gid) || setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return -errno;
	if (!setuid(0))
		return -EPERM;
	return clean_environment(user);
}

static int run(const char *user_name, char **args)
{
	char path[PATH_MAX], *name;
	struct kb_caller caller;
	struct screen_user user;
	KB_FREE char **argv = NULL;
	struct kb_fault why = {};
	u32 shared = 0;
	int r;

	if (geteuid())
		return kb_need_root();
	r = kb_caller_get(&caller, &why);
	if (r)
		return kb_complain(KB_EXIT_REFUSED, "%s", why.text);
	r = find_user(user_name, &caller, &user);
	if (!r)
		r = find_client(args[0], &caller, &user, path);
	if (!r)
		r = ask_shared(&shared);
	if (r)
		return r;
	name = strrchr(path, '/') + 1;
	r = kb_screen_arguments(name, shared, args + 1, &argv, &why);
	if (!r)
		r = kb_scope_enter(KB_SCREEN_SLICE, &why);
	if (r)
		return kb_complain(KB_EXIT_REFUSED, "%s", why.text[0] ? why.text : strerror(-r));
	r = become(&user);
	if (r)
		return kb_complain(KB_EXIT_REFUSED, _("cannot become %s: %s"), user.name, strerror(-r));
	argv[0] = path;
	fflush(stdout);
	execv(path, argv);
	return kb_complain(KB_EXIT_REFUSED, _("cannot start %s: %s"), path, strerror(errno));
}

int kb_verb_run_screen(int argc, char **argv)
{
	static const struct option longs[] = { { "user", required_argument, NULL, 'u' }, {} };
	const char *user = NULL;
	int c;

	/* what follows the client's name is the client's */
	while ((c = getopt_long(argc, argv, "+", longs, NULL)) != -1) {
		if (c != 'u')
			return kb_usage("", kb_verbs, "run-screen");
		user = optarg;
	}
	if (optind == argc)
		return kb_usage("", kb_verbs, "run-screen");
	return run(user, argv + optind);
}
