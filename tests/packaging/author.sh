#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kidoban-policy-tools alone, inside tests/packaging/box: an authoring station without the module.
set -u
. /srv/tests/vm/tap.sh
. /srv/tests/packaging/life_words.sh
. /srv/tests/packaging/completion.sh

author() {
	local dir=/home/suzuki
	cd "$dir" || return
	check "it installs alone" apt-get -y install /srv/deb/kidoban-policy-tools_*.deb
	check_is "and brings nothing of ours along" 1 "$(configured)"
	check "no agent, no module" test ! -e /usr/sbin/kidoband -a ! -e /usr/src/kidoban-"$first"
	for template in /usr/share/kidoban/templates/*.yaml; do
		case $template in *.test.yaml) continue ;; esac
		check "$(basename "$template") is a policy" kidoban policy check "$template"
	done
	check "a key is made" kidoban key new author --name suzuki --no-password
	check "Japanese is there" sh -c 'LANGUAGE=ja LC_ALL=ja_JP.UTF-8 kidoban help | grep -q ポリシー'
	check "no service came with it" test -z "$(systemctl list-unit-files 'kidoban*' --no-legend 2>/dev/null)"
}

complete_verbs() {
	check "the list of verbs is one" test "$(verbs_of | wc -l)" -ge 15 -a "$(verbs_of policy | wc -l)" -ge 5
	for shell in bash zsh fish; do
		check "$shell completes every verb, verb of a verb, and option" completes "$shell"
	done
	check_is "zsh finds the file by itself" _kidoban \
		"$(zsh -f -c 'autoload -Uz compinit; fpath+=(/usr/share/zsh/vendor-completions); compinit -u -D; print $_comps[kidoban]')"
}

apt-get -qq update
author
complete_verbs
done_testing
