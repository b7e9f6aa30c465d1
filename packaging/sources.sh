# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The sources that packages of both formats are built from. Source it at the top of the tree.
#
#   source_epoch               seconds since 1970 of the last commit, else of VERSION
#   copy_sources DIR VERSION   every file of the sources into DIR, which is made; VERSION says that one

source_epoch() {
	git log -1 --format=%ct 2>/dev/null || stat -c %Y VERSION
}

# As git knows them or, in an unpacked archive, all but products.
list_sources() {
	# a tree that was unpacked below somebody else's repository is not in it
	if git ls-files --error-unmatch VERSION >/dev/null 2>&1; then
		git ls-files -z
	else
		find . -path ./build -prune -o -type f -printf '%P\0'
	fi | while IFS= read -r -d '' file; do
		[ ! -e "$file" ] || printf '%s\0' "$file"
	done
}

copy_sources() {
	mkdir -p "$1"
	list_sources | tar -c --null --no-recursion -T - --mode=u+rw,go=rX | tar -x -C "$1"
	echo "$2" >"$1/VERSION"
}
