#!/usr/bin/env bash
# Compares tidings with git on your own repositories, and prints a Markdown table.
#
#   benches/compare.sh [--runs N] [--path FOLDER] [--target TAG] REPOSITORY...
#
# Both read the same commits with a warm cache: the packs are read before each run, since a shared machine may evict
# them. Each pair runs N times (5), alternating, and the medians of whole processes are compared. TIDINGS and GIT
# override the programs. Nothing is written into a repository.
set -euo pipefail
export LC_ALL=C

runs=5 path='' target='' repositories=()
while (($#)); do
  case $1 in
    --runs) runs=$2; shift 2 ;;
    --path) path=$2; shift 2 ;;
    --target) target=$2; shift 2 ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit ;;
    -*) echo "unknown option $1; see --help" >&2; exit 2 ;;
    *) repositories+=("$1"); shift ;;
  esac
done
((${#repositories[@]})) || { echo "no repository given; see --help" >&2; exit 2; }

root=$(cd "$(dirname "$0")/.." && pwd)
git=${GIT:-git}
if [[ -z ${TIDINGS:-} ]]; then
  (cd "$root" && cargo build --release --locked --quiet)
  TIDINGS=${CARGO_TARGET_DIR:-$root/target}/release/tidings
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# git prints the same data of a commit that tidings has to read.
format='--format=%H%n%an%n%ae%n%at%n%B'

# Microseconds since an arbitrary start. Bash before 5 (macOS) has no EPOCHREALTIME.
if [[ -n ${EPOCHREALTIME:-} ]]; then
  now() { local t=$EPOCHREALTIME; echo "${t/[.,]/}"; }
else
  now() { perl -MTime::HiRes=time -e 'printf "%d\n", time * 1e6'; }
fi

# Reads the packs into the page cache.
warm() { find "$objects" -type f \( -name '*.pack' -o -name '*.idx' \) -exec cat {} + >/dev/null; }

# Runs a command once and appends its duration to the file given first.
timed() {
  local file=$1 start end
  shift
  warm
  start=$(now)
  "$@" >/dev/null 2>"$work/stderr" || { cat "$work/stderr" >&2; echo "failed: $*" >&2; return 1; }
  end=$(now)
  echo $((end - start)) >>"$file"
}

# The median of the numbers in a file.
median() { sort -n "$1" | awk '{ n[NR] = $1 } END { print (n[int((NR + 1) / 2)] + n[int(NR / 2) + 1]) / 2 }'; }

# The peak memory of a command, in MiB.
memory() {
  local probe="$work/memory"
  if /usr/bin/time -v true 2>/dev/null; then
    /usr/bin/time -v "$@" 2>"$probe" >/dev/null
    awk '/Maximum resident set size/ { printf "%.0f\n", $NF / 1024 }' "$probe"
  elif /usr/bin/time -l true 2>/dev/null; then
    /usr/bin/time -l "$@" 2>"$probe" >/dev/null
    awk '/maximum resident set size/ { printf "%.0f\n", $1 / 1048576 }' "$probe"
  elif command -v python3 >/dev/null; then
    python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$@"
  else
    echo '?'
  fi
}

# compare NAME LIMIT: runs ${ours[@]} and ${theirs[@]} alternately and prints a row. LIMIT is a factor, optionally with
# `+` and milliseconds: `1.2+10`; empty for no limit.
compare() {
  local name=$1 limit=${2:-} mine="$work/ours" its="$work/theirs" run
  rm -f "$mine" "$its"
  timed "$work/first" "${theirs[@]}" && timed "$work/first" "${ours[@]}"
  for ((run = 0; run < runs; run++)); do
    timed "$its" "${theirs[@]}" && timed "$mine" "${ours[@]}"
  done
  awk -v label="$label" -v name="$name" -v limit="$limit" -v g="$(median "$its")" -v t="$(median "$mine")" \
    -v gm="$(memory "${theirs[@]}")" -v tm="$(memory "${ours[@]}")" 'BEGIN {
      verdict = "–"
      if (limit != "") {
        split(limit, part, "+")
        most = g * part[1] + part[2] * 1000
        verdict = sprintf("%.1f ms: %s", most / 1000, t <= most ? "kept" : "missed")
      }
      printf "| %s | %s | %.1f ms | %.1f ms | %.2f | %s | %s MiB | %s MiB |\n",
        label, name, g / 1000, t / 1000, t / g, verdict, gm, tm
    }'
}

# The first match of an extended regular expression in a file, which may be one long line.
first() { grep -oE -m1 "$1" "$2" | head -n "${3:-1}" | tail -n 1 || true; }

# Sets `version` and `range` to the last version and its base, from tidings, so that both read the same range; from
# git's nearest tags if the output of tidings cannot be parsed.
last_version() {
  local json="$work/json" ids
  version=$target
  if [[ -z $version ]]; then
    version=$("$git" -C "$repository" describe --tags --abbrev=0 2>/dev/null || true)
    "$TIDINGS" --repo "$repository" notes --all --format json >"$json"
    local named
    named=$(first '"tag": *"[^"]+"' "$json" | sed 's/.*: *"//; s/"$//')
    version=${named:-$version}
  fi
  [[ -n $version ]] || return 1
  "$TIDINGS" --repo "$repository" notes "$version" --format json >"$json"
  ids=$(grep -oE '"base": *null|"commit": *"[0-9a-f]{40}"' "$json" | head -n 2 | grep -oE '[0-9a-f]{40}|null' || true)
  set -- $ids
  case ${2:-} in
    null) range=$1 ;;
    '') range=$version; local before
      before=$("$git" -C "$repository" describe --tags --abbrev=0 "$version^" 2>/dev/null || true)
      [[ -z $before ]] || range=$before..$version ;;
    *) range=$2..$1 ;;
  esac
}

# The top-level folder with the most files.
busiest() {
  "$git" -C "$repository" ls-tree -r --name-only HEAD |
    awk -F/ 'NF > 1 { n[$1]++ } END { for (d in n) if (n[d] > m || n[d] == m && d < b) { m = n[d]; b = d } print b }'
}

echo "$("$TIDINGS" --version | head -n 1); $("$git" --version); medians of $runs runs."
echo
echo "| repository | what | git | tidings | ratio | limit | git's memory | tidings' memory |"
echo "|---|---|---:|---:|---:|---|---:|---:|"

for repository in "${repositories[@]}"; do
  label=$(basename "$(cd "$repository" && pwd)")
  # A checkout is named after its folder, a bare `…/name/repo` or `…/name/.git` after its parent.
  [[ $label != repo && $label != .git ]] || label=$(basename "$(cd "$repository/.." && pwd)")
  objects=$(cd "$repository" && cd "$("$git" rev-parse --git-common-dir)" && pwd)/objects
  log=("$git" --no-pager -C "$repository" log "$format")
  notes=("$TIDINGS" --repo "$repository" notes)

  commits=$("$git" -C "$repository" rev-list --count HEAD --tags)
  tags=$("$git" -C "$repository" tag | wc -l | tr -d ' ')
  theirs=("${log[@]}" HEAD --tags --) ours=("${notes[@]}" --all --format json)
  compare "whole history: $commits commits, $tags tags"

  if last_version; then
    count=$("$git" -C "$repository" rev-list --count "$range" --)
    theirs=("${log[@]}" "$range" --) ours=("${notes[@]}" "$version" --format json)
    compare "\`$version\`: $count commits" 1.2+10
  fi

  folder=${path:-$(busiest)}
  if [[ -n $folder ]]; then
    theirs=("${log[@]}" HEAD --tags -- "$folder") ours=("${notes[@]}" --all --path "$folder" --format json)
    compare "whole history of \`$folder/\`"
  fi
done

label=– theirs=("$git" --version) ours=("$TIDINGS" --version)
compare 'start: `--version`'
