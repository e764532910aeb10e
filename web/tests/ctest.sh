#!/bin/sh
# One of the dashboard's tests for ctest; skips (77) with a reason where a tool is missing.
#
# usage: ctest.sh check|unit|dashboard|daemon|login SCREENSHOTS [RTCSCOPE RECORDING]
set -eu
kind=$1 out=$2
shift 2
cd "$(dirname "$0")/.."

skip() {
  echo "skipped: $1"
  exit 77
}

# stale: true if the dashboard was never built, or a source is newer than what was built
stale() {
  [ ! -e dist/index.html ] ||
    [ -n "$(find src public index.html vite.config.ts package-lock.json -newer dist/index.html -print | head -n 1)" ]
}

browser_ready() {
  chromium=${CHROMIUM:-/usr/bin/chromium}
  [ -x "$chromium" ] || skip "no Chromium at $chromium (Debian: chromium)"
  if stale; then npm run build; fi
}

command -v node > /dev/null || skip "no Node.js (Debian: nodejs)"
[ -e node_modules/.package-lock.json ] || skip "web/node_modules is missing: npm ci --prefix web"

case $kind in
  check) npm run check ;;
  unit) npm test ;;
  dashboard)
    browser_ready
    node tests/e2e/run_mock.mjs "$out/mock"
    ;;
  daemon)
    browser_ready
    node tests/e2e/run_daemon.mjs "$@" "$out/daemon"
    ;;
  login)
    browser_ready
    node tests/e2e/run_login.mjs "$@" "$out/login"
    ;;
  *)
    echo "ctest.sh: unknown test $kind" >&2
    exit 2
    ;;
esac
