#!/usr/bin/env bash
# Compares the window of every version of a repository with git's:
#
#   benches/windows.sh REPOSITORY [TIDINGS-OPTION...]
#
# For each version of `tidings notes --all`, the commits of `tidings notes TAG` must be those of
# `git rev-list base..commit`. Prints one line for each window that differs, then the counts; exits with 1 if any
# differs. TIDINGS overrides the program (default: target/release/tidings). Requires git and jq; writes nothing.
set -euo pipefail
export LC_ALL=C

if [[ $# -lt 1 || $1 == --help ]]; then
  sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"
  exit 2
fi
repository=$1
shift
tidings=${TIDINGS:-$(dirname "$0")/../target/release/tidings}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

notes() { "$tidings" --repo "$repository" notes "$@" --format json 2>/dev/null; }

notes --all "$@" | jq -r '.releases[] | select(.tag != null) | .tag' >"$work/tags"
versions=0 equal=0 commits=0
while read -r tag; do
  versions=$((versions + 1))
  if ! notes "$tag" "$@" >"$work/json"; then
    echo "$tag: tidings failed"
    continue
  fi
  jq -r '.releases[0].commits[].id' "$work/json" | sort >"$work/ours"
  range=$(jq -r '.releases[0] | if .base then .base.commit + ".." else "" end + .commit' "$work/json")
  git -C "$repository" rev-list "$range" | sort >"$work/theirs"
  if cmp -s "$work/ours" "$work/theirs"; then
    equal=$((equal + 1))
    commits=$((commits + $(wc -l <"$work/ours")))
  else
    more=$(comm -23 "$work/ours" "$work/theirs" | wc -l)
    fewer=$(comm -13 "$work/ours" "$work/theirs" | wc -l)
    echo "$tag: $range: $more too many, $fewer missing"
  fi
done <"$work/tags"
echo "$repository: $equal of $versions windows equal, $commits commits"
((equal == versions))
