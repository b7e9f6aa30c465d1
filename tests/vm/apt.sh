# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages for the cache, fetched and unpacked without being installed. Source it.
#
# apt runs on a private configuration below the cache: own lists, own archives, own
# source list derived from the host's by exchanging the suite. Nothing below /var/lib/apt
# is touched, so this needs no root either.
#
#   refresh SUITE              its lists are up to date
#   depends SUITE PACKAGE      what it depends on directly
#   unpack SUITE DIR PACKAGE…  downloads and unpacks
#
# Who sources it has functions say and die, and removes the files in the array trash at its end.

cache=${KIDOBAN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kidoban}
etc_apt=${KIDOBAN_APT_ETC:-/etc/apt}
arch=$(dpkg --print-architecture)
trash=()

# The suites to read for one suite: the suite proper with its updates and security
# fixes. Backports carry their own fixes; sid and experimental have none.
companions() {
	case $1 in
	*-backports* | sid | unstable | experimental) echo "$1 main" ;;
	*) printf '%s main\n%s-updates main\n%s-security security\n' "$1" "$1" "$1" ;;
	esac
}

# Print the host's Debian sources, one "kind|uri|options" a line: kind is main or
# security, options the one-line form's [..] content. Both source formats are read.
host_sources() {
	local codename=$1 file
	for file in "$etc_apt"/sources.list "$etc_apt"/sources.list.d/*.list; do
		[ -r "$file" ] || continue
		awk -v code="$codename" '
		$1 == "deb" {
			opt = ""; i = 2
			if ($2 ~ /^\[/) {
				for (; i <= NF; i++) { opt = opt " " $i; if ($i ~ /\]$/) break }
				i++
				gsub(/[][]/, "", opt)
			}
			emit($i, $(i + 1), opt)
		}
		function emit(uri, suite, opt) {
			sub(/\/$/, "", suite)
			if (suite == code) print "main|" uri "|" opt
			else if (suite == code "-security" || suite == code "/updates")
				print "security|" uri "|" opt
		}' "$file"
	done
	for file in "$etc_apt"/sources.list.d/*.sources; do
		[ -r "$file" ] || continue
		# every stanza becomes one record of "key: value" fields
		sed 's/[[:space:]]*$//' "$file" | awk -v code="$codename" '
		function flush(  n, m, u, s, i, j, opt, kind) {
			if (f["enabled"] !~ /^(no|false|0)$/ && f["types"] ~ /(^| )deb( |$)/) {
				opt = f["signed-by"] ~ /^\// ? "signed-by=" f["signed-by"] : ""
				if (f["trusted"] == "yes") opt = opt " trusted=yes"
				n = split(f["uris"], u, " "); m = split(f["suites"], s, " ")
				for (j = 1; j <= m; j++) {
					kind = s[j] == code ? "main" : s[j] == code "-security" ? "security" : ""
					for (i = 1; kind != "" && i <= n; i++) print kind "|" u[i] "|" opt
				}
			}
			split("", f); key = ""
		}
		/^#/ { next }
		/^$/ { flush(); next }
		/^[ \t]/ { f[key] = f[key] " " $0; next }
		{ key = tolower(substr($0, 1, index($0, ":") - 1))
		  f[key] = substr($0, index($0, ":") + 1); sub(/^[ \t]+/, "", f[key]) }
		END { flush() }'
	done
}

# Write the private source list for suite $1 to file $2.
derive_sources() {
	local suite=$1 to=$2 codename id host name want kind uri opt
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	id=$(. /etc/os-release && echo "${ID:-}")
	[ "$id" = debian ] || say "this is not Debian ($id): expecting Debian sources all the same"
	host=$(host_sources "$codename" | sort -u)
	[ -n "$host" ] || die "no source for $codename found in $etc_apt: add a Debian source there first"
	companions "$suite" | while read -r name want; do
		while IFS='|' read -r kind uri opt; do
			[ "$kind" = "$want" ] && echo "deb [arch=$arch $opt] $uri $name main"
		done <<<"$host" || true
	done >"$to"
	[ -s "$to" ] || die "no source for suite $suite could be derived from $etc_apt"
}

# Run an apt tool ($2…) on the private configuration of suite $1.
private_apt() {
	local dir=$cache/apt/$1 tool=$2
	shift 2
	"$tool" -q -o Dir::State="$dir/state" -o Dir::State::status="$dir/status" \
		-o Dir::Cache="$dir/cache" -o Dir::Etc::sourcelist="$dir/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null -o APT::Sandbox::User="$(id -un)" \
		-o APT::Get::List-Cleanup=true -o Acquire::Languages=none -o Acquire::Retries=2 \
		-o APT::Architecture="$arch" -o Dir::Log=/dev/null "$@"
}

# Bring the private lists of suite $1 up to date, at most once an hour.
refresh() {
	local dir=$cache/apt/$1 log
	mkdir -p "$dir"/state/lists/partial "$dir"/cache/archives/partial
	: >"$dir/status"
	derive_sources "$1" "$dir/sources.list.new"
	if cmp -s "$dir/sources.list.new" "$dir/sources.list" &&
		[ -n "$(find "$dir/fresh" -mmin -60 2>/dev/null)" ]; then
		return
	fi
	mv "$dir/sources.list.new" "$dir/sources.list"
	rm -f "$dir/fresh"
	say "reading package lists of $1"
	log=$dir/update.log
	if ! private_apt "$1" apt-get update -o APT::Update::Error-Mode=any >"$log" 2>&1; then
		grep -E '^[EW]:' "$log" >&2 || cat "$log" >&2
		die "cannot read the package lists of $1 (no network, or a suite this mirror does not have); see $log"
	fi
	touch "$dir/fresh"
}

# Print the packages of which package $2 in suite $1 depends directly.
depends() {
	private_apt "$1" apt-cache depends --no-recommends --no-suggests --no-conflicts \
		--no-breaks --no-replaces --no-enhances "$2" 2>/dev/null |
		sed -n 's/^ *|\{0,1\}Depends: \([^<:]*\).*/\1/p'
}

# Download packages $3… of suite $1 and unpack them into directory $2.
unpack() {
	local suite=$1 into=$2 debs deb
	shift 2
	debs=$(mktemp -d "$cache/apt/.debs.XXXXXX")
	trash+=("$debs")
	say "downloading $*"
	if ! (cd "$debs" && private_apt "$suite" apt-get download "$@") >"$debs/log" 2>&1; then
		grep -E '^[EW]:' "$debs/log" >&2 || cat "$debs/log" >&2
		die "cannot download $*"
	fi
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$into"
	done
	rm -rf "$debs"
}
