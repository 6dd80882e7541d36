#!/usr/bin/env bash
# The entry point of the Bitbucket pipe: runs `tidings $COMMAND $ARGS…` in the clone.
#
# A list as variable arrives as ARGS_COUNT, ARGS_0, ARGS_1 and so on
# (support.atlassian.com, "Advanced techniques for writing pipes").
set -euo pipefail

command=${COMMAND:-notes}
case $command in
  notes) arguments=(--outputs release) ;;
  *) arguments=() ;;
esac
for ((number = 0; number < ${ARGS_COUNT:-0}; number++)); do
  variable=ARGS_$number
  arguments+=("${!variable}")
done
[[ ${DEBUG:-false} != true ]] || arguments+=(--verbose)

# The clone belongs to another user than the one of this container.
cd "${BITBUCKET_CLONE_DIR:?is set by Bitbucket Pipelines}"
git config --global --add safe.directory "$PWD"

exec tidings "$command" "${arguments[@]}"
