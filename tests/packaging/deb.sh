#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian packages: built twice, and their whole life in pristine machines without a kernel of
# their own (tests/packaging/box). Ends with N passed, N failed[, N skipped].
#
#   tests/packaging/deb.sh [--built]      --built: with the packages that lie in build/deb
set -u
cd "$(dirname "$0")/../.." || exit 1
here=tests/packaging deb=${BUILD:-build}/deb
passed=0 failed=0 skipped=0

# Shows what a part said, and adds its lines up. A part that died of something counts as one more.
add() { # NAME LOG STATUS
	local ok not
	echo "== $1"
	cat "$2"
	ok=$(grep -c '^ok ' "$2") not=$(grep -c '^not ok ' "$2")
	if [ "$3" -ne 0 ] && [ "$not" -eq 0 ]; then
		echo "$1: ended with status $3"
		not=1
	fi
	passed=$((passed + ok)) failed=$((failed + not))
}

finish() {
	echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
	[ "$failed" -eq 0 ]
	exit
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "${1:-}" != --built ]; then
	"$here/deb-build" >"$work/build" 2>&1
	add build "$work/build" $?
	[ "$failed" -eq 0 ] || finish
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "the life of the packages needs root, for a file system of its own"
	skipped=3
	finish
fi

version=$(cat VERSION)
"$here/reversion" "$version" "$version.1" "$work/later/1" small "$deb"/*.deb &&
	"$here/reversion" "$version" "$version.2" "$work/later/2" broken "$deb"/*.deb &&
	"$here/reversion" "$version" "$version.3" "$work/later/3" small "$deb"/*.deb || finish
tests/install/image >/dev/null && layer=$("$here/shells") || { failed=$((failed + 1)); finish; }

"$here/box" packaging/life.sh --mount "$deb" deb --mount "$work/later" later >"$work/life" 2>&1 &
life=$!
"$here/box" packaging/author.sh --layer "$layer" --mount "$deb" deb >"$work/author" 2>&1
add author "$work/author" $?
"$here/box" packaging/kernel.sh --mount "$deb" deb --mount "$work/later" later >"$work/kernel" 2>&1
add kernel "$work/kernel" $?
wait "$life"
add life "$work/life" $?
finish
