// SPDX-License-Identifier: GPL-2.0-or-later
/* What a screen-transfer client may share, made into its command line (M6). */
#include "agent/screen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/i18n.h"

/*
 * FreeRDP 2 and 3 (client/common/cmdline.h): every argument that may be given,
 * and what it shares. What is not here is refused: next year's version may
 * share something in a way that nobody has thought of. Left out on purpose:
 * what runs programs (action-script), what tunnels (rdp2tcp, ssh-agent), what
 * reaches any setting or channel (tune, a, vc, dvc), what reads more arguments
 * from a file (args-from, names of .rdp files).
 */
static const struct {
	const char *name;
	u32 shares;			/* KB_SCREEN_*, 0 = nothing */
} freerdp[] = {
	{ "clipboard", KB_SCREEN_CLIPBOARD },
	{ "drive", KB_SCREEN_DRIVES },		{ "drives", KB_SCREEN_DRIVES },
	{ "home-drive", KB_SCREEN_DRIVES },	{ "printer", KB_SCREEN_PRINTERS },
	{ "parallel", KB_SCREEN_PRINTERS },	{ "smartcard", KB_SCREEN_SMARTCARD },
	{ "smartcard-logon", KB_SCREEN_SMARTCARD }, { "password-is-pin", KB_SCREEN_SMARTCARD },
	{ "sound", KB_SCREEN_SOUND },		{ "audio-mode", KB_SCREEN_SOUND },
	{ "multimedia", KB_SCREEN_SOUND },	{ "mmr", KB_SCREEN_SOUND },
	{ "video", KB_SCREEN_SOUND },
	{ "microphone", KB_SCREEN_MICROPHONE },	{ "mic", KB_SCREEN_MICROPHONE },
	{ "usb", KB_SCREEN_USB },		{ "serial", KB_SCREEN_USB },
	{ "tty", KB_SCREEN_USB },
	{ "admin", 0 }, { "console", 0 }, { "aero", 0 }, { "app", 0 }, { "async-input", 0 },
	{ "async-update", 0 }, { "auth-only", 0 }, { "auth-pkg-list", 0 }, { "authentication", 0 },
	{ "auto-reconnect", 0 }, { "auto-reconnect-max-retries", 0 }, { "bitmap-cache", 0 },
	{ "bpp", 0 }, { "buildconfig", 0 }, { "cache", 0 }, { "cert", 0 }, { "cert-deny", 0 },
	{ "cert-ignore", 0 }, { "cert-name", 0 }, { "cert-tofu", 0 }, { "client-hostname", 0 },
	{ "codec-cache", 0 }, { "compression", 0 }, { "z", 0 }, { "compression-level", 0 },
	{ "credentials-delegation", 0 }, { "d", 0 }, { "decorations", 0 }, { "disp", 0 },
	{ "dynamic-resolution", 0 }, { "encryption", 0 }, { "encryption-methods", 0 }, { "f", 0 },
	{ "fast-path", 0 }, { "fipsmode", 0 }, { "floatbar", 0 }, { "fonts", 0 }, { "frame-ack", 0 },
	{ "from-stdin", 0 }, { "g", 0 }, { "gateway", 0 }, { "gateway-usage-method", 0 },
	{ "gum", 0 }, { "gat", 0 }, { "gd", 0 }, { "gdi", 0 }, { "geometry", 0 }, { "gestures", 0 },
	{ "gfx", 0 }, { "gfx-h264", 0 }, { "gfx-progressive", 0 }, { "gfx-small-cache", 0 },
	{ "gfx-thin-client", 0 }, { "glyph-cache", 0 }, { "gp", 0 }, { "grab-keyboard", 0 },
	{ "grab-mouse", 0 }, { "gt", 0 }, { "gu", 0 }, { "h", 0 }, { "heartbeat", 0 }, { "help", 0 },
	{ "ipv4", 0 }, { "4", 0 }, { "ipv6", 0 }, { "6", 0 }, { "jpeg", 0 }, { "jpeg-quality", 0 },
	{ "kbd", 0 }, { "kbd-fn-key", 0 }, { "kbd-lang", 0 }, { "kbd-lang-list", 0 },
	{ "kbd-list", 0 }, { "kbd-subtype", 0 }, { "kbd-type", 0 }, { "kbd-unicode", 0 },
	{ "list", 0 }, { "load-balance-info", 0 }, { "log-filters", 0 }, { "log-level", 0 },
	{ "max-fast-path-size", 0 }, { "max-loop-time", 0 }, { "menu-anims", 0 },
	{ "monitor-list", 0 }, { "monitors", 0 }, { "mouse-motion", 0 }, { "mouse-relative", 0 },
	{ "multimon", 0 }, { "multitouch", 0 }, { "multitransport", 0 }, { "nego", 0 },
	{ "network", 0 }, { "nsc", 0 }, { "nscodec", 0 }, { "offscreen-cache", 0 },
	{ "old-license", 0 }, { "orientation", 0 }, { "p", 0 }, { "pcb", 0 }, { "pcid", 0 },
	{ "pheight", 0 }, { "port", 0 }, { "proxy", 0 }, { "pth", 0 }, { "pass-the-hash", 0 },
	{ "pwidth", 0 }, { "reconnect-cookie", 0 }, { "relax-order-checks", 0 },
	{ "restricted-admin", 0 }, { "rfx", 0 }, { "rfx-mode", 0 }, { "scale", 0 },
	{ "scale-desktop", 0 }, { "scale-device", 0 }, { "sec", 0 }, { "sec-ext", 0 },
	{ "sec-nla", 0 }, { "sec-rdp", 0 }, { "sec-tls", 0 }, { "server-name", 0 }, { "shell", 0 },
	{ "shell-dir", 0 }, { "size", 0 }, { "smart-sizing", 0 }, { "span", 0 }, { "spn-class", 0 },
	{ "suppress-output", 0 }, { "t", 0 }, { "title", 0 }, { "themes", 0 }, { "timeout", 0 },
	{ "timezone", 0 }, { "tls", 0 }, { "tls-ciphers", 0 }, { "tls-seclevel", 0 },
	{ "toggle-fullscreen", 0 }, { "u", 0 }, { "unmap-buttons", 0 }, { "v", 0 }, { "version", 0 },
	{ "vmconnect", 0 }, { "w", 0 }, { "wallpaper", 0 }, { "window-drag", 0 },
	{ "window-position", 0 }, { "wm-class", 0 }, { "workarea", 0 },
};

static const char *what_text(u32 share)
{
	switch (share) {
	case KB_SCREEN_CLIPBOARD:
		return _("the clipboard");
	case KB_SCREEN_DRIVES:
		return _("drives");
	case KB_SCREEN_PRINTERS:
		return _("printers");
	case KB_SCREEN_SMARTCARD:
		return _("smart cards");
	case KB_SCREEN_SOUND:
		return _("sound");
	case KB_SCREEN_MICROPHONE:
		return _("the microphone");
	default:
		return _("USB and serial devices");
	}
}

static int refuse(struct kb_fault *ret_fault, const char *arg, u32 share)
{
	return kb_fault(ret_fault, -EPERM,
			_("'%s': the policy does not let screen-transfer clients share %s"), arg,
			what_text(share));
}

/*
 * "/name:value", "+name" and "-name" alone: with words or two dashes between
 * them FreeRDP may take it all for another syntax, where "-name" switches on.
 */
static int check_freerdp(u32 shared, const char *arg, struct kb_fault *ret_fault)
{
	size_t i, len = strcspn(arg + 1, ":");

	if (!strchr("/+-", arg[0]) || !arg[0] || !arg[1] || arg[1] == '-')
		return kb_fault(ret_fault, -EPERM,
				_("'%s': write arguments like /v:SERVER, +fonts or -themes; files and other forms are not taken"),
				arg);
	for (i = 0; i < ARRAY_SIZE(freerdp); i++)
		if (strlen(freerdp[i].name) == len && !strncmp(freerdp[i].name, arg + 1, len))
			break;
	if (i == ARRAY_SIZE(freerdp))
		return kb_fault(ret_fault, -EPERM,
				_("'%s': not among the arguments that are known to be harmless"), arg);
	if (arg[0] == '-' && arg[1 + len])
		return kb_fault(ret_fault, -EPERM, _("'%s': an argument with a value begins with a slash"),
				arg);
	if (arg[0] != '-' && (freerdp[i].shares & ~shared))
		return refuse(ret_fault, arg, freerdp[i].shares);
	return 0;
}

static bool needs_slash(char *const *args)
{
	for (; *args; args++)
		if (**args == '/')
			return false;
	return true;
}

static int plan_freerdp(u32 shared, char *const *args, const char **ret_more,
			struct kb_fault *ret_fault)
{
	char *const *arg;
	size_t n = 0;
	int r;

	for (arg = args; *arg; arg++) {
		r = check_freerdp(shared, *arg, ret_fault);
		if (r)
			return r;
	}
	/* one slash makes the syntax certain */
	if (needs_slash(args))
		return kb_fault(ret_fault, -EPERM, _("say which server: /v:SERVER"));
	if (!(shared & KB_SCREEN_CLIPBOARD))
		ret_more[n++] = "-clipboard";
	if (!(shared & KB_SCREEN_DRIVES)) {
		ret_more[n++] = "-drives";
		ret_more[n++] = "-home-drive";
	}
	if (!(shared & KB_SCREEN_SOUND))
		ret_more[n++] = "/audio-mode:2";
	return 0;
}

/* Parameters of TigerVNC that share the clipboard, or open a way around it. */
static const char *const vnc_clipboard[] = { "AcceptClipboard", "SendClipboard", "SetPrimary",
					     "SendPrimary", "MenuKey" };
static const char *const vnc_refused[] = { "via", "listen", "config" };

static bool in_list(const char *const *list, size_t n, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(list[i]) == len && !strncasecmp(list[i], name, len))
			return true;
	return false;
}

/* "-Name", "--Name", "-Name=value" and "Name=value" are all the same to it. */
static int check_vnc(u32 shared, const char *arg, unsigned int *servers, struct kb_fault *ret_fault)
{
	const char *name = arg + strspn(arg, "-");
	size_t len = strcspn(name, "=");

	if (in_list(vnc_refused, ARRAY_SIZE(vnc_refused), name, len))
		return kb_fault(ret_fault, -EPERM,
				_("'%s': not among the arguments that are known to be harmless"), arg);
	if (!(shared & KB_SCREEN_CLIPBOARD) &&
	    in_list(vnc_clipboard, ARRAY_SIZE(vnc_clipboard), name, len))
		return refuse(ret_fault, arg, KB_SCREEN_CLIPBOARD);
	if (arg[0] == '-' || name[len] == '=')
		return 0;
	/* a name with a slash is a file, which has the last word over the command line */
	if (strchr(arg, '/'))
		return kb_fault(ret_fault, -EPERM, _("'%s': files of settings are not taken"), arg);
	++*servers;
	return 0;
}

static int plan_vnc(u32 shared, char *const *args, const char **ret_more, struct kb_fault *ret_fault)
{
	unsigned int servers = 0;
	size_t n = 0;
	int r;

	for (; *args; args++) {
		r = check_vnc(shared, *args, &servers, ret_fault);
		if (r)
			return r;
	}
	/* without one a window asks, and has a button for all settings */
	if (!servers)
		return kb_fault(ret_fault, -EPERM, _("say which server: SERVER or SERVER:DISPLAY"));
	if (shared & KB_SCREEN_CLIPBOARD)
		return 0;
	ret_more[n++] = "-AcceptClipboard=0";
	ret_more[n++] = "-SendClipboard=0";
	ret_more[n++] = "-SetPrimary=0";
	ret_more[n++] = "-SendPrimary=0";
	ret_more[n++] = "-MenuKey=None";	/* the menu would switch them on again */
	return 0;
}

#define MORE_MAX 8

static const struct {
	const char *name;
	int (*plan)(u32 shared, char *const *args, const char **ret_more, struct kb_fault *ret_fault);
} clients[] = {
	{ "xfreerdp", plan_freerdp },	  { "xfreerdp3", plan_freerdp },
	{ "wlfreerdp", plan_freerdp },	  { "wlfreerdp3", plan_freerdp },
	{ "sdl-freerdp", plan_freerdp },  { "sdl-freerdp3", plan_freerdp },
	{ "xtigervncviewer", plan_vnc },
};

const char *kb_screen_clients(void)
{
	return "xfreerdp xfreerdp3 wlfreerdp wlfreerdp3 sdl-freerdp sdl-freerdp3 xtigervncviewer";
}

int kb_screen_arguments(const char *client, u32 shared, char *const *args, char ***ret,
			struct kb_fault *ret_fault)
{
	const char *more[MORE_MAX + 1] = {};
	size_t n = 0, n_more = 0, i;
	char **all;
	int r;

	for (i = 0; i < ARRAY_SIZE(clients); i++)
		if (!strcmp(clients[i].name, client))
			break;
	if (i == ARRAY_SIZE(clients))
		return kb_fault(ret_fault, -ENOENT,
				_("what '%s' shares cannot be controlled; known clients: %s"), client,
				kb_screen_clients());
	while (args[n])
		n++;
	if (n > KB_SCREEN_ARGS_MAX)
		return kb_fault(ret_fault, -EPERM, _("more than %d arguments"), KB_SCREEN_ARGS_MAX);
	r = clients[i].plan(shared, args, more, ret_fault);
	if (r)
		return r;
	while (more[n_more])
		n_more++;
	all = calloc(1 + n + n_more + 1, sizeof(*all));
	if (!all)
		return -ENOMEM;
	memcpy(all + 1, args, n * sizeof(*all));
	memcpy(all + 1 + n, more, n_more * sizeof(*all));
	*ret = all;
	return 0;
}
