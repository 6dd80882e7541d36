#!/usr/bin/env bash
# A step of action.yml: puts `tidings` on the PATH of the following steps.
#
# INPUT_VERSION is a version, `source` or `installed`; INPUT_CHECKSUM and INPUT_REPOSITORY belong to a version.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=${RUNNER_TEMP:?}/tidings

case $INPUT_VERSION in
  installed)
    if ! command -v tidings >/dev/null; then
      echo '::error title=tidings::tidings is not on the PATH; set the input "version"'
      exit 2
    fi
    ;;
  source)
    cargo install --locked --quiet --path "$root" --root "$folder"
    echo "$folder/bin" >>"$GITHUB_PATH"
    ;;
  *)
    options=(--version "$INPUT_VERSION" --repository "$INPUT_REPOSITORY" --to "$folder/bin")
    [[ -z $INPUT_CHECKSUM ]] || options+=(--checksum "$INPUT_CHECKSUM")
    sh "$root/packaging/install.sh" "${options[@]}"
    echo "$folder/bin" >>"$GITHUB_PATH"
    ;;
esac
