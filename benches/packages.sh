#!/bin/sh
# Measures commands over all packages of a repository against one package.
set -eu

usage() {
    cat <<'END'
Usage: benches/packages.sh [--packages N] [--tags N] [--commits N] [--runs N]

Makes a repository with N packages [300], N tags for each [100] and N commits [1500] in a temporary folder. Prints the
medians of some runs [5] of next, check, preview and changelog, for all packages and for one.
Set TIDINGS to measure another program than target/release/tidings.
END
}

packages=300 tags=100 commits=1500 runs=5
while [ $# -gt 0 ]; do
    case $1 in
    --packages) packages=$2 ;;
    --tags) tags=$2 ;;
    --commits) commits=$2 ;;
    --runs) runs=$2 ;;
    --help) usage && exit ;;
    *) usage >&2 && exit 2 ;;
    esac
    shift 2
done
tidings=${TIDINGS:-$(dirname "$0")/../target/release/tidings}
tidings=$(realpath "$tidings")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
git init --quiet --initial-branch main

# The tags of a package are spread over the older commits, so that each window has about 100 commits.
awk -v packages="$packages" -v tags="$tags" -v commits="$commits" 'BEGIN {
    for (i = 1; i <= commits; i++) {
        message = "fix: change " i
        printf "commit refs/heads/main\nmark :%d\ncommitter A <a@example.com> %d +0000\n", i, 1767225600 + i * 60
        printf "data %d\n%s\n", length(message), message
        printf "M 100644 inline pkgs/p%d/f\ndata %d\n%s\n", i % packages, length(i ""), i
    }
    for (p = 0; p < packages; p++)
        for (k = 0; k < tags; k++)
            printf "reset refs/tags/pkgs/p%d/v1.%d.0\nfrom :%d\n\n", p, k, 1 + int(k * (commits - 100) / tags) + p % 14
}' | git fast-import --quiet
git pack-refs --all
p=0
while [ "$p" -lt "$packages" ]; do
    printf '[[packages]]\nname = "p%d"\npaths = ["pkgs/p%d"]\ntag_pattern = "pkgs/p%d/v{version}"\nchangelog = "pkgs/p%d/CHANGELOG.md"\n' \
        "$p" "$p" "$p" "$p"
    p=$((p + 1))
done >tidings.toml

median() {
    for _ in $(seq "$runs"); do
        start=$(date +%s%N)
        "$tidings" --trusted --offline "$@" >output 2>&1 || true
        echo $((($(date +%s%N) - start) / 1000000))
    done | sort -n | sed -n "$(((runs + 1) / 2))p"
}

printf '%-12s %12s %12s\n' command "$packages packages" "1 package"
for command in next check preview changelog; do
    printf '%-12s %9s ms %9s ms\n' "$command" "$(median "$command")" "$(median --package p0 "$command")"
done
