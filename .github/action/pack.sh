#!/usr/bin/env bash
# Packs a binary as install.sh expects it: `pack.sh BINARY ARCHIVE` writes ARCHIVE and ARCHIVE.sha256.
set -euo pipefail
binary=$1
archive=$2
tar -czf "$archive" -C "$(dirname "$binary")" "$(basename "$binary")"
if command -v sha256sum >/dev/null; then sha256sum "$archive"; else shasum -a 256 "$archive"; fi |
  cut -d ' ' -f 1 >"$archive.sha256"
