// SPDX-License-Identifier: GPL-2.0-or-later
/* Who comes to the command how: root, through sudo, through pkexec, or as nobody in particular. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/verb_stage.h"

static void test_run_screen(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	expect(2, "env -u SUDO_UID -u PKEXEC_UID $K run-screen -- xfreerdp /v:s");
	expect(1, "$K run-screen --user nobody-of-that-name -- xfreerdp /v:s");
	expect(1, "$K run-screen --user root -- xfreerdp /v:s");
	expect(1, "SUDO_UID=0 $K run-screen -- xfreerdp /v:s");
	expect(1, "SUDO_UID=12x $K run-screen -- xfreerdp /v:s");
	expect(1, "SUDO_UID= $K run-screen -- xfreerdp /v:s");
	expect(1, "$K run-screen --user nobody -- no-such-program /v:s");
	/* a program of the user's, by its own name or by root's program's */
	expect(1, "cp /bin/true xfreerdp && chown 65534 xfreerdp && $K run-screen --user nobody -- ./xfreerdp /v:s 2>v");
	expect(0, "grep -q \"root's alone\" v");
	expect(1, "chown 0 xfreerdp; chmod 775 xfreerdp; $K run-screen --user nobody -- ./xfreerdp /v:s 2>v");
	expect(0, "grep -q \"root's alone\" v");
	expect(1, "$K run-screen --user nobody -- . /v:s");
	/* a hard link keeps its owner: the folder must be root's as well */
	expect(1, "chmod 755 xfreerdp; mkdir -p his && chown 65534 his && ln -f xfreerdp his/; "
		  "$K run-screen --user nobody -- his/xfreerdp /v:s 2>v");
	expect(0, "grep -q \"root's alone\" v");
	/* everything fits, and there is no module to ask */
	expect(4, "chmod 755 .; $K run-screen --user nobody -- ./xfreerdp /v:s");
	expect(5, "cp $K kb && setpriv --reuid 65534 --regid 65534 --clear-groups ./kb run-screen -- xfreerdp /v:s");
}

/* What staff reach through pkexec without a password, as hostile as they can be. */
static void test_pkexec(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	expect(5, "PKEXEC_UID=65534 $K isolate on --state $PWD");
	expect(1, "test -e isolation");
	expect(5, "PKEXEC_UID=65534 $K isolate off --order /etc/shadow");
	expect(5, "PKEXEC_UID=65534 $K place --runtime $PWD");
	expect(5, "PKEXEC_UID=65534 $K place learn zone -o $PWD/learnt --minutes 1");
	expect(1, "test -e learnt");
	expect(5, "PKEXEC_UID=65534 $K wifi provision --policy policy.yaml --root $PWD/img");
	expect(1, "test -e img");
	expect(5, "PKEXEC_UID=65534 $K wifi history --state air");
	expect(5, "PKEXEC_UID=-1 SUDO_UID=0 $K wifi history --state air");
	expect(5, "PKEXEC_UID=x $K isolate off --order /etc/shadow");
	/* what is meant for them gets as far as the module */
	expect(4, "PKEXEC_UID=65534 $K status --json");
	expect(4, "PKEXEC_UID=65534 $K isolate on");
	/* as nobody else, and only what the administrator listed */
	expect(5, "PKEXEC_UID=65534 $K run-screen --user daemon -- /usr/bin/env /v:s 2>v");
	expect(0, "grep -q 'is for administrators' v");
	expect(1, "PKEXEC_UID=65534 $K run-screen --user root -- /usr/bin/env /v:s");
	expect(0, "test -e /etc/kidoban/screen-clients || ! PKEXEC_UID=65534 $K run-screen -- /usr/bin/env /v:s 2>v");
	expect(0, "test -e /etc/kidoban/screen-clients || grep -q 'echo /.*env >>/etc/kidoban/screen-clients' v");
	expect(0, "test -e /etc/kidoban/screen-clients || { SUDO_UID=65534 $K run-screen -- /usr/bin/env; test $? = 5; }");
	/* whether a file is there that he cannot see is not to be learnt */
	expect(0, "chmod 755 .; mkdir -m 700 dark && cp /bin/true dark/there && mkdir -m 755 light && cp /bin/true light/there");
	expect(5, "PKEXEC_UID=65534 $K run-screen -- light/there /v:s");
	expect(1, "PKEXEC_UID=65534 $K run-screen -- dark/there /v:s 2>v");
	expect(1, "PKEXEC_UID=65534 $K run-screen -- dark/none /v:s 2>w");
	expect(0, "sed 's/there/none/' v | cmp - w");
	/* texts are formats */
	expect(0, "mkdir -p l/ja/LC_MESSAGES && printf '%s\\n' 'msgid \"\"' "
		  "'msgstr \"Content-Type: text/plain; charset=UTF-8\\n\"' '' "
		  "'msgid \"Usage: kidoban VERB ...\\n\\n\"' 'msgstr \"EVIL\\n\\n\"' | "
		  "msgfmt -o l/ja/LC_MESSAGES/kidoban.mo -");
	expect(0, "LANGUAGE=ja KIDOBAN_LOCALEDIR=$PWD/l $K help | grep -q EVIL");
	expect(1, "LANGUAGE=ja KIDOBAN_LOCALEDIR=$PWD/l PKEXEC_UID=65534 $K help | grep -q EVIL");
	expect(1, "LANGUAGE=ja KIDOBAN_LOCALEDIR=$PWD/l SUDO_UID=65534 $K help | grep -q EVIL");
}

/* Who is not root is told what to type. */
static void test_need_root(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	expect(0, "cp $K kb && chmod 755 kb . && W=pkexec; test -x /usr/bin/pkexec || W=sudo; "
		  "! setpriv --reuid 65534 --regid 65534 --clear-groups ./kb status 2>v; "
		  "grep -q \"type: $W kidoban status$\" v");
	expect(0, "! setpriv --reuid 65534 --regid 65534 --clear-groups ./kb events 2>v; "
		  "grep -q 'type: sudo kidoban events$' v");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run_screen), cmocka_unit_test(test_pkexec), cmocka_unit_test(test_need_root),
	};

	return cmocka_run_group_tests_name("agent_verb_staff", tests, verb_stage_make, verb_stage_remove);
}
