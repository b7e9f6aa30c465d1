// SPDX-License-Identifier: GPL-2.0-or-later
/* What a screen-transfer client is told to share: never more than the policy lets it (M6). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/screen.h"

/* Splits @line at spaces; strings live in a static buffer. */
static char *const *words(const char *line)
{
	static char text[8192], *list[KB_SCREEN_ARGS_MAX + 8];
	char *rest = text;
	size_t n = 0;

	snprintf(text, sizeof(text), "%s", line);
	while (rest && *rest)
		list[n++] = strsep(&rest, " ");
	list[n] = NULL;
	return list;
}

static int plan(const char *client, u32 shared, const char *line, char *ret_line, size_t size)
{
	struct kb_fault why = {};
	char **argv = NULL;
	size_t used = 0, i;
	int r = kb_screen_arguments(client, shared, words(line), &argv, &why);

	if (r) {
		assert_true(why.text[0] != '\0');
		/* the argument that is at fault is named */
		snprintf(ret_line, size, "%s", why.text);
		return r;
	}
	assert_null(argv[0]);
	ret_line[0] = '\0';
	for (i = 1; argv[i]; i++)
		used += (size_t)snprintf(ret_line + used, size - used, "%s%s", i > 1 ? " " : "", argv[i]);
	free(argv);
	return 0;
}

static const struct {
	const char *client, *line, *named;
	u32 shared;
} refused[] = {
	/* each kind of sharing, in each form that switches it on */
	{ "xfreerdp", "/v:s /clipboard", "/clipboard", 0 },
	{ "xfreerdp", "/v:s +clipboard", "+clipboard", KB_SCREEN_ALL & ~KB_SCREEN_CLIPBOARD },
	{ "xfreerdp3", "/v:s /clipboard:direction-to:all", "/clipboard:", 0 },
	{ "xfreerdp", "/v:s /drive:home,/home/a", "/drive:", KB_SCREEN_ALL & ~KB_SCREEN_DRIVES },
	{ "xfreerdp", "/v:s +drives", "+drives", 0 },
	{ "xfreerdp", "/v:s +home-drive", "+home-drive", 0 },
	{ "xfreerdp", "/v:s /printer", "/printer", KB_SCREEN_ALL & ~KB_SCREEN_PRINTERS },
	{ "xfreerdp", "/v:s /parallel:p,/dev/lp0", "/parallel", 0 },
	{ "xfreerdp", "/v:s /smartcard", "/smartcard", KB_SCREEN_ALL & ~KB_SCREEN_SMARTCARD },
	{ "xfreerdp", "/v:s /sound:sys:pulse", "/sound", KB_SCREEN_ALL & ~KB_SCREEN_SOUND },
	{ "xfreerdp", "/v:s /audio-mode:0", "/audio-mode", 0 },
	{ "xfreerdp", "/v:s /microphone", "/microphone", KB_SCREEN_ALL & ~KB_SCREEN_MICROPHONE },
	{ "xfreerdp", "/v:s /mic", "/mic", 0 },
	{ "xfreerdp", "/v:s /usb:id,dev:054c:0268", "/usb", KB_SCREEN_ALL & ~KB_SCREEN_USB },
	{ "wlfreerdp", "/v:s /serial:com1,/dev/ttyS0", "/serial", 0 },
	/* ways around, whatever may be shared */
	{ "xfreerdp", "/v:s /action-script:/tmp/x", "/action-script", KB_SCREEN_ALL },
	{ "xfreerdp", "/v:s /vc:rdpdr", "/vc", KB_SCREEN_ALL },
	{ "xfreerdp", "/v:s /a:drive,x,/", "/a:", KB_SCREEN_ALL },
	{ "xfreerdp", "/v:s /dvc:rdpecam", "/dvc", KB_SCREEN_ALL },
	{ "xfreerdp", "/v:s /rdp2tcp:/bin/x", "/rdp2tcp", KB_SCREEN_ALL },
	{ "xfreerdp3", "/v:s /tune:FreeRDP_RedirectClipboard:true", "/tune", KB_SCREEN_ALL },
	{ "xfreerdp3", "/v:s /args-from:file:x", "/args-from", KB_SCREEN_ALL },
	{ "xfreerdp", "/v:s +ssh-agent", "+ssh-agent", KB_SCREEN_ALL },
	{ "xfreerdp", "my.rdp /v:s", "my.rdp", KB_SCREEN_ALL },
	{ "xfreerdp", "/home/a/my.rdp", "my.rdp", KB_SCREEN_ALL },
	/* the other syntax, in which dashes switch on */
	{ "xfreerdp", "--clipboard /v:s", "--clipboard", KB_SCREEN_ALL },
	{ "xfreerdp", "-v s", "'s'", KB_SCREEN_ALL },
	{ "xfreerdp", "-sound:sys:alsa /v:s", "-sound", KB_SCREEN_ALL },
	{ "xfreerdp", "-clipboard -fonts", "/v:SERVER", 0 },
	{ "xfreerdp", "", "/v:SERVER", 0 },
	{ "xfreerdp", "/v:s /", "'/'", KB_SCREEN_ALL },
	{ "xfreerdp", "/v:s /nonsense", "/nonsense", KB_SCREEN_ALL },
	/* VNC */
	{ "xtigervncviewer", "-AcceptClipboard=1 s:1", "-AcceptClipboard", 0 },
	{ "xtigervncviewer", "--sendclipboard s:1", "--sendclipboard", 0 },
	{ "xtigervncviewer", "SendPrimary=1 s:1", "SendPrimary", 0 },
	{ "xtigervncviewer", "-MenuKey=F8 s:1", "-MenuKey", 0 },
	{ "xtigervncviewer", "./mine.tigervnc", "./mine.tigervnc", KB_SCREEN_ALL },
	{ "xtigervncviewer", "-via gw s:1", "-via", KB_SCREEN_ALL },
	{ "xtigervncviewer", "-listen", "-listen", KB_SCREEN_ALL },
	{ "xtigervncviewer", "-FullScreen", "SERVER", 0 },
};

static void test_refused(void **state)
{
	char said[1024];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		if (plan(refused[i].client, refused[i].shared, refused[i].line, said, sizeof(said)) != -EPERM)
			fail_msg("%s %s was not refused", refused[i].client, refused[i].line);
		if (!strstr(said, refused[i].named))
			fail_msg("%s %s: '%s' does not name it", refused[i].client, refused[i].line, said);
	}
}

static void test_unknown_clients(void **state)
{
	static const char *const clients[] = { "remmina", "bash", "ssh", "xfreerdp2", "", "firefox" };
	char said[1024];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(clients); i++)
		assert_int_equal(plan(clients[i], KB_SCREEN_ALL, "/v:s", said, sizeof(said)), -ENOENT);
}

static void test_switched_off(void **state)
{
	char line[1024];

	(void)state;
	assert_int_equal(plan("xfreerdp", 0, "/v:s /u:a +fonts -themes", line, sizeof(line)), 0);
	assert_string_equal(line, "/v:s /u:a +fonts -themes -clipboard -drives -home-drive /audio-mode:2");
	assert_int_equal(plan("sdl-freerdp3", KB_SCREEN_SMARTCARD | KB_SCREEN_SOUND,
			      "/v:s /smartcard /sound", line, sizeof(line)), 0);
	assert_string_equal(line, "/v:s /smartcard /sound -clipboard -drives -home-drive");
	assert_int_equal(plan("xfreerdp", KB_SCREEN_ALL, "/v:s /clipboard /drive:a,/a /usb:auto", line,
			      sizeof(line)), 0);
	assert_string_equal(line, "/v:s /clipboard /drive:a,/a /usb:auto");
	assert_int_equal(plan("xtigervncviewer", 0, "-FullScreen s:1", line, sizeof(line)), 0);
	assert_string_equal(line, "-FullScreen s:1 -AcceptClipboard=0 -SendClipboard=0 -SetPrimary=0 "
			    "-SendPrimary=0 -MenuKey=None");
	assert_int_equal(plan("xtigervncviewer", KB_SCREEN_CLIPBOARD, "s:1", line, sizeof(line)), 0);
	assert_string_equal(line, "s:1");
}

static void test_too_many(void **state)
{
	char line[4 * (KB_SCREEN_ARGS_MAX + 4)] = "", said[8192];
	int i;

	(void)state;
	for (i = 0; i <= KB_SCREEN_ARGS_MAX; i++)
		strcat(line, i ? " /f" : "/f");
	assert_int_equal(plan("xfreerdp", 0, line, said, sizeof(said)), -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused), cmocka_unit_test(test_unknown_clients),
		cmocka_unit_test(test_too_many), cmocka_unit_test(test_switched_off),
	};

	return cmocka_run_group_tests_name("agent_screen", tests, NULL, NULL);
}
