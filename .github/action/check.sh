#!/usr/bin/env bash
# Runs kmsguard: annotations and step summary, SARIF into a file, the exit code as an output for the steps that follow.
set -uo pipefail

sarif=${KMSGUARD_SARIF:-kmsguard.sarif}
options=(--format github --format "sarif=$sarif")
[ -n "${KMSGUARD_FAIL_ON:-}" ] && options+=(--fail-on="$KMSGUARD_FAIL_ON")
[ -n "${KMSGUARD_UNDECIDED:-}" ] && options+=(--undecided="$KMSGUARD_UNDECIDED")
[ -n "${KMSGUARD_CONFIG:-}" ] && options+=(--config="$KMSGUARD_CONFIG")

paths=()
while IFS= read -r path; do
  [ -n "$path" ] && paths+=("$path")
done <<<"${KMSGUARD_PATHS:-.}"

kmsguard check "${options[@]}" -- "${paths[@]}"
code=$?

{
  echo "exit-code=$code"
  # A heredoc with a delimiter that no input can guess: a file name may hold line breaks.
  delimiter="end-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  printf 'sarif-file<<%s\n%s\n%s\n' "$delimiter" "$sarif" "$delimiter"
} >>"${GITHUB_OUTPUT:?}"
