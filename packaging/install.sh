#!/bin/sh
# Installs a released binary of tidings, if it has the expected checksum. Prints its path.
#
# usage: install.sh [--version VERSION] [--checksum SHA256] [--repository URL] [--to DIR]
#
# Without --checksum, the archive must have the checksum in SHA256SUMS of the same release.
set -eu

version=0.1.0
repository=https://github.com/OWNER/tidings
checksum=
to=${HOME:-/usr/local}/.local/bin

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || fail 'the last option needs a value'
  case $1 in
    --version) version=${2#v} ;;
    --checksum) checksum=$(printf '%s' "${2#sha256:}" | tr 'A-F' 'a-f') ;;
    --repository) repository=${2%/} ;;
    --to) to=$2 ;;
    *) fail 'usage: install.sh [--version VERSION] [--checksum SHA256] [--repository URL] [--to DIR]' ;;
  esac
  shift 2
done

# They become parts of URLs and paths. A value that is not valid is not printed: the log of a pipeline may execute it.
case $version in
  '' | *[!0-9A-Za-z.+-]*) fail 'the version is not valid' ;;
esac
case $checksum in
  *[!0-9a-f]*) fail 'the checksum is not a SHA-256 checksum' ;;
esac
# Without TLS only from this machine.
case $repository in
  https://*) protocol='=https' ;;
  http://127.0.0.1:*) protocol='=http' ;;
  *) fail 'the repository is not an https URL' ;;
esac

case $(uname -s) in
  Linux) system=unknown-linux-gnu ;;
  Darwin) system=apple-darwin ;;
  MINGW* | MSYS* | CYGWIN*) system=pc-windows-msvc ;;
  *) system= ;;
esac
case $(uname -m) in
  x86_64 | amd64) machine=x86_64 ;;
  aarch64 | arm64) machine=aarch64 ;;
  *) machine= ;;
esac
source="cargo install --locked --git $repository --tag v$version"
[ -n "$system" ] && [ -n "$machine" ] || fail "no binary is built for $(uname -s) on $(uname -m); build it: $source"
suffix=tar.gz
program=tidings
case $system in
  pc-windows-msvc)
    suffix=zip
    program=tidings.exe
    ;;
esac
folder=tidings-v$version-$machine-$system
archive=$folder.$suffix

download() {
  if command -v curl >/dev/null; then
    curl --fail --silent --show-error --location --proto "$protocol" --retry 3 --output "$2" "$1"
  else
    wget --quiet --tries=3 --output-document="$2" "$1"
  fi
}

sha256() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1" | cut -c1-64
  else
    shasum -a 256 "$1" | cut -c1-64
  fi
}

mkdir -p "$to"
work=$(mktemp -d "$to/.tidings.XXXXXX")
trap 'rm -rf "$work"' EXIT
release=$repository/releases/download/v$version
download "$release/$archive" "$work/$archive" || fail "$release has no $archive; build it: $source"
if [ -z "$checksum" ]; then
  download "$release/SHA256SUMS" "$work/SHA256SUMS" || fail "$release has no SHA256SUMS"
  checksum=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$archive\$/\1/p" "$work/SHA256SUMS")
  [ -n "$checksum" ] || fail "SHA256SUMS of $release does not list $archive"
fi
found=$(sha256 "$work/$archive")
[ "$found" = "$checksum" ] || fail "$archive has the checksum $found, expected $checksum"

if [ "$suffix" = zip ]; then
  unzip -q "$work/$archive" -d "$work"
else
  tar -xzf "$work/$archive" -C "$work"
fi
mv -f "$work/$folder/$program" "$to/$program"
echo "$to/$program"
