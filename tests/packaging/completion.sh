# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the three shells offer after "kidoban ", beside the command's own list of verbs: both come from
# one table, but only a shell knows whether it takes what was printed for it. Source it after tap.sh.

# The verbs behind "kidoban $1", as the command lists them.
verbs_of() { # [VERB]
	kidoban ${1:+"$1"} help | sed -n 's/^  \([a-z-]*\)  .*/\1/p'
}

# The options that its usage names.
options_of() { # VERB [SUBVERB]
	kidoban "$@" --help </dev/null | head -n 1 | grep -oE -- '--[a-z0-9-]+' | sort -u
}

offers_bash() { # WORD… LAST
	bash --norc -c '
	. /usr/share/bash-completion/completions/kidoban
	COMP_WORDS=(kidoban "$@") COMP_CWORD=$#
	cd /var/empty 2>/dev/null || cd /proc/self/fdinfo
	_kidoban
	printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

# zsh completes only at a prompt: what its helpers are called with is what it would offer.
offers_zsh() {
	zsh -f -c '
	fpath+=(/usr/share/zsh/vendor-completions)
	_describe() { print -l -- "${(@)${(@P)2}%%:*}" }
	compadd() { shift; print -l -- "$@" }
	_files() { : }
	words=(kidoban "$@") CURRENT=$(( $# + 1 ))
	autoload -Uz _kidoban
	_kidoban' zsh "$@"
}

offers_fish() {
	HOME=/tmp fish --no-config -c '
	set -p fish_complete_path /usr/share/fish/vendor_completions.d
	complete -C (string join " " -- kidoban $argv)' -- "$@" 2>/dev/null | cut -f 1
}

# What one shell does not offer of what it should.
missing() { # SHELL WANTED WORD…
	local shell=$1 wanted=$2
	shift 2
	comm -23 <(grep . <<<"$wanted" | sort -u) <("offers_$shell" "$@" | sort -u)
}

completes() { # SHELL
	local lost='' verb sub
	lost+=$(missing "$1" "$(verbs_of)" '')
	for verb in $(verbs_of); do
		lost+=$(missing "$1" "$(options_of "$verb")" "$verb" -- 2>&1 | sed "s/^/ $verb /")
		# only some verbs have verbs of their own; the others have no such list
		for sub in $(verbs_of "$verb" 2>/dev/null); do
			lost+=$(missing "$1" "$sub" "$verb" '' | sed "s/^/ $verb /")
			lost+=$(missing "$1" "$(options_of "$verb" "$sub")" "$verb" "$sub" -- 2>&1 |
				sed "s/^/ $verb $sub /")
		done
	done
	[ -z "$lost" ] || { echo "$1 does not offer: $lost"; return 1; }
}
