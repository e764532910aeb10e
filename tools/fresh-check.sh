#!/usr/bin/env bash
# Proves ./run and ./test on a bare Debian 12: debootstrap, a copy of the committed tree, both commands.
#
# usage: tools/fresh-check.sh [COMMAND...]      default: ./run --once && ./test
#
# Needs root and debootstrap, 5 GB, and some 20 minutes. Nothing of this machine is visible inside but
# /proc, /sys, /dev and the settings by which apt and npm reach their registries. FRESH_ROOT names a
# folder to keep the bare root in, for a quicker second run; without it a temporary one is removed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8

readonly suite=bookworm

die() {
  printf 'fresh-check: %s\n' "$*" >&2
  exit 1
}

# mirror: the archive that apt of this machine uses for the suite
mirror() {
  # shellcheck disable=SC2016  # the fields are for apt, not for the shell
  apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(CREATED_BY) $(REPO_URI)' |
    awk -v suite="$suite" '$1 == suite && $2 == "main" && $3 == "Packages" { print $4; exit }'
}

cleanup() {
  ! mountpoint --quiet "$root" || umount --recursive --lazy "$root"
  [[ -n ${FRESH_ROOT-} ]] || rm -rf --one-file-system "$root"
}

# bare_root: what debootstrap makes of the mirror, kept as an archive beside FRESH_ROOT's working copy
bare_root() {
  [[ ! -e $root/bin/bash ]] || return 0
  debootstrap --variant=minbase "$suite" "$root" "$archive" > "$root.log" 2>&1 || {
    tail -n 20 "$root.log" >&2
    die "debootstrap failed"
  }
  rm -f "$root.log"
}

# registry_settings: resolver, certificates, apt's proxy and npm's registry of this machine
registry_settings() {
  local certificates=/etc/ssl/certs/ca-certificates.crt key value
  cp --dereference /etc/hosts /etc/resolv.conf "$root/etc/"
  cp /etc/apt/sources.list "$root/etc/apt/" 2> /dev/null || : > "$root/etc/apt/sources.list"
  cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/" 2> /dev/null || true
  apt-config dump --format '%f "%v";%n' Acquire | grep -Ei '^Acquire::https?::' \
    > "$root/etc/apt/apt.conf.d/90registry" || true
  mkdir -p "$root/usr/local/share/ca-certificates"
  cp --recursive --dereference /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
  for key in registry proxy https-proxy; do
    value=$(npm config get "$key" 2> /dev/null || true)
    [[ -z $value || $value == null ]] || printf '%s=%s\n' "$key" "$value"
  done > "$root/root/.npmrc"
  printf 'cafile=%s\n' "$certificates" >> "$root/root/.npmrc"
}

# mount_kernel_folders: the root becomes a mount itself, as the tests' namespaces expect of one
mount_kernel_folders() {
  mount --bind "$root" "$root"
  mount --types proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount --rbind /dev "$root/dev"
  mount --make-rslave "$root/sys"
  mount --make-rslave "$root/dev"
}

# inside <command...>: runs it in the bare root with an environment of nothing but what login would set
inside() {
  chroot "$root" /usr/bin/env --ignore-environment HOME=/root TERM=dumb CI="${CI-}" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /bin/bash -c "cd /rtcscope && $*"
}

[[ $(id -u) -eq 0 ]] || die "needs root (debootstrap, chroot)"
command -v debootstrap > /dev/null || die "needs the package debootstrap"
git diff --quiet HEAD || printf 'fresh-check: changes that are not committed are not tested\n' >&2
archive=$(mirror)
[[ -n $archive ]] || die "apt has no archive for $suite on this machine"

root=${FRESH_ROOT-$(mktemp --directory)}
mkdir -p "$root"
trap cleanup EXIT
bare_root
registry_settings
mount_kernel_folders
rm -rf "$root/rtcscope"
mkdir "$root/rtcscope"
git archive HEAD | tar --extract --directory "$root/rtcscope"

if [[ $# -gt 0 ]]; then
  inside "$*"
else
  inside './run --once'
  inside './test'
fi
printf 'fresh-check: passed\n'
