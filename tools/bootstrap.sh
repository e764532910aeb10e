#!/usr/bin/env bash
# Installs the Debian packages that this project needs and this machine lacks.
#
# usage: tools/bootstrap.sh build|test        (test includes build)
#
# Asks dpkg what is missing and calls apt only for that, so a prepared machine needs neither root nor
# network. Services of newly installed packages are not started.
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

die() {
  printf 'bootstrap: %s\n' "$*" >&2
  exit 1
}

# listed <section>...: the packages of these sections of debian-packages.txt
listed() {
  local wanted=" $* " section='' name _
  while read -r name _; do
    case $name in
      '' | '#'*) ;;
      '['*) section=${name//[\[\]]/} ;;
      *) [[ $wanted == *" $section "* ]] && printf '%s\n' "$name" ;;
    esac
  done < "$here/debian-packages.txt"
}

# node_packages: Debian's Node.js, unless the machine has one (whose package may bring its own npm)
node_packages() {
  command -v node > /dev/null || printf 'nodejs\n'
  command -v npm > /dev/null || printf 'npm\n'
}

installed() {
  [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2> /dev/null) == installed ]]
}

install() {
  local as_root=()
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo > /dev/null || die "not root and no sudo; as root: apt-get install --no-install-recommends $*"
    as_root=(sudo '--preserve-env=DEBIAN_FRONTEND,LC_ALL')
  fi
  printf 'bootstrap: installing %s\n' "$*"
  local apt=("${as_root[@]}" apt-get --quiet --option DPkg::Lock::Timeout=300 --option Dpkg::Use-Pty=0)
  hold_services "${as_root[@]}"
  quietly "${apt[@]}" update
  quietly "${apt[@]}" install --yes --no-install-recommends "$@"
}

# quietly <command...>: shows what it printed only if it fails
quietly() {
  local output
  output=$("$@" 2>&1) || {
    printf '%s\n' "$output" >&2
    die "failed: $*"
  }
}

# hold_services [sudo...]: no service starts until this script ends (invoke-rc.d asks policy-rc.d)
hold_services() {
  local policy=/usr/sbin/policy-rc.d
  [[ -e $policy ]] && return
  printf '#!/bin/sh\nexit 101\n' | "$@" tee "$policy" > /dev/null
  "$@" chmod 755 "$policy"
  # shellcheck disable=SC2064  # expand now: the arguments are gone when the trap runs
  trap "$(printf '%q ' "$@" rm -f "$policy")" EXIT
}

case ${1-} in
  build) sections=(build) ;;
  test) sections=(build test) ;;
  *) die "usage: bootstrap.sh build|test" ;;
esac
command -v dpkg-query > /dev/null || die "this is not Debian; what to install is in $here/debian-packages.txt"

missing=()
for package in $(listed "${sections[@]}") $(node_packages); do
  installed "$package" || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] || install "${missing[@]}"
