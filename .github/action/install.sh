#!/usr/bin/env bash
# Installs kmsguard into $RUNNER_TEMP/kmsguard/bin: the release binary when there is one whose checksum is right,
# else built from the source of the action. A wrong checksum ends the job; it is never a reason to go on.
set -euo pipefail

version=${KMSGUARD_VERSION:-}
version=${version#v}
if [ -z "$version" ]; then
  version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$KMSGUARD_ACTION/Cargo.toml" | head -n 1)
fi
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*$ ]]; then
  echo "kmsguard: '$version' is not a version" >&2
  exit 2
fi

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-gnu ;;
  Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-gnu ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  *) target="" ;;
esac

home=${RUNNER_TEMP:?}/kmsguard
mkdir -p "$home/bin"

digest() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# 0: installed, 1: there is no such release
from_release() {
  local base=${KMSGUARD_RELEASES:-${GITHUB_SERVER_URL:-https://github.com}/${KMSGUARD_REPOSITORY:?}/releases/download}
  local name=kmsguard-$target.tar.gz
  local archive=$home/$name
  curl --fail --silent --show-error --location --retry 3 --output "$archive" "$base/v$version/$name" || return 1
  curl --fail --silent --show-error --location --retry 3 --output "$archive.sha256" "$base/v$version/$name.sha256" || {
    echo "kmsguard: the release v$version has no checksum for $name" >&2
    exit 2
  }
  local wanted
  wanted=$(cut -d ' ' -f 1 "$archive.sha256")
  if [ "$(digest "$archive")" != "$wanted" ]; then
    echo "kmsguard: the checksum of $name is wrong, it was not installed" >&2
    exit 2
  fi
  tar -xzf "$archive" -C "$home/bin" kmsguard
}

if [ -n "$target" ] && [ -n "${KMSGUARD_REPOSITORY:-}${KMSGUARD_RELEASES:-}" ] && from_release; then
  echo "kmsguard $version: release binary, checksum verified"
else
  echo "kmsguard: there is no release binary v$version for this runner, building from the source of the action"
  cargo install --locked --path "$KMSGUARD_ACTION" --root "$home"
fi

echo "$home/bin" >>"${GITHUB_PATH:?}"
