#!/usr/bin/env bash
# A step of action.yml: runs a command of tidings, and sets the outputs of the action.
#
# Texts of commits and inputs are only ever arguments, files and values between random delimiters. Compatible with the
# bash 3.2 of macOS.
set -euo pipefail
: "${INPUT_COMMAND:?}" "${INPUT_AS:=}" "${INPUT_TARGET:=}" "${INPUT_PACKAGE:=}" "${INPUT_MESSAGE:=}" "${INPUT_ARGS:=}"

random() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# Runs tidings for the selected package, with what it prints never taken for a command to the runner.
tidings_quoted() {
  local token code=0
  token=$(random)
  echo "::stop-commands::$token"
  tidings "${global[@]}" "$@" || code=$?
  echo "::$token::"
  return "$code"
}

usage() {
  echo "::error title=tidings::$1"
  exit 2
}

output() {
  local end
  end=tidings_$(random)
  printf '%s<<%s\n' "$1" "$end"
  cat
  printf '\n%s\n' "$end"
}

# Below the limit of the outputs of a job, which is 1 MiB (docs.github.com, "Passing information between jobs").
max_bytes=1000000
# The folder of the notes.
folder=${INPUT_OUTPUTS:-$RUNNER_TEMP/tidings/notes}

finish() {
  printf '%s' "$1" | output changed >>"$GITHUB_OUTPUT"
  exit 0
}

global=(--color never)
[[ -z $INPUT_PACKAGE ]] || global+=(--package="$INPUT_PACKAGE")
args=()
while IFS= read -r line; do
  [[ -z $line ]] || args+=("$line")
done <<<"${INPUT_ARGS//$'\r'/}"

if [[ $INPUT_COMMAND == check ]]; then
  # The program escapes what it prints as annotations.
  if [[ -n $INPUT_MESSAGE ]]; then
    printf '%s\n' "$INPUT_MESSAGE" | tidings "${global[@]}" check --message - --format github ${args[@]+"${args[@]}"}
  else
    tidings "${global[@]}" check --format github ${args[@]+"${args[@]}"} ${INPUT_AS:+-- "$INPUT_AS"}
  fi
  exit
fi

if [[ $INPUT_COMMAND == comment ]]; then
  tidings_quoted comment ${args[@]+"${args[@]}"}
  exit
fi

# What the notes are of: a version that may not be tagged yet, a target, or the next version.
if [[ -n $INPUT_AS && -n $INPUT_TARGET ]]; then
  usage 'set only one of the inputs "as" and "target"'
elif [[ -n $INPUT_TARGET ]]; then
  version=$INPUT_TARGET
  of=(-- "$INPUT_TARGET")
elif [[ -n $INPUT_AS ]]; then
  version=$INPUT_AS
  of=(--as="$INPUT_AS")
else
  code=0
  version=$(tidings "${global[@]}" --quiet next --require-change --tag) || code=$?
  [[ $code -ne 5 ]] || finish false
  [[ $code -eq 0 ]] || exit "$code"
  [[ $version != *$'\n'* ]] || usage 'the repository has several packages: set the input "package"'
  of=(--as="$version")
fi

case $INPUT_COMMAND in
  notes)
    tidings_quoted notes --outputs "$folder" ${args[@]+"${args[@]}"} "${of[@]}"
    ;;
  changelog)
    [[ -z $INPUT_TARGET ]] || usage '"changelog" needs the input "as", not "target"'
    changed=false
    tidings "${global[@]}" changelog --check ${args[@]+"${args[@]}"} "${of[@]}" >/dev/null 2>&1 || changed=true
    tidings_quoted changelog --write ${args[@]+"${args[@]}"} "${of[@]}"
    tidings_quoted notes --outputs "$folder" "${of[@]}"
    ;;
  publish)
    tidings_quoted publish ${args[@]+"${args[@]}"} -- "$version"
    tidings_quoted notes --outputs "$folder" "${of[@]}"
    ;;
  *) usage 'the input "command" is one of install, notes, changelog, check, comment and publish' ;;
esac

notes=$folder/notes.md
if [[ $(wc -c <"$notes") -le $max_bytes ]]; then
  output notes <"$notes" >>"$GITHUB_OUTPUT"
else
  echo '::warning title=tidings::the notes are too long for the output "notes"; read the file of "notes-file"'
fi
if [[ -z ${changed:-} ]]; then
  changed=true
  ! grep -q '^TIDINGS_BUMP=$' "$folder/notes.env" || changed=false
fi
finish "$changed"
