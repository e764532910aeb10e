#!/usr/bin/env bash
# Unpacks the kernel that Debian 12 runs on, for the tests that boot it (tests/kernel).
#
# usage: tools/fetch_kernel.sh FOLDER
#
# The package is not installed: a machine that tests here need not boot it, and its maintainer scripts would
# make an initial RAM disk. FOLDER/boot/vmlinuz-* and FOLDER/lib/modules are what is used. Does nothing when
# the folder has a kernel, or on machines that are not amd64.
set -euo pipefail
export LC_ALL=C.UTF-8

readonly folder=${1:?usage: tools/fetch_kernel.sh FOLDER}

die() {
  printf 'fetch_kernel: %s\n' "$*" >&2
  exit 1
}

# current: the package that the one without a number depends on; nothing where apt has no lists
current() {
  apt-cache depends linux-image-cloud-amd64 2> /dev/null |
    sed -n 's/^ *Depends: \(linux-image-[0-9].*-cloud-amd64\)$/\1/p' | head -n 1
}

[[ $(dpkg --print-architecture) == amd64 ]] || exit 0
compgen -G "$folder/boot/vmlinuz-*" > /dev/null && exit 0

name=$(current)
if [[ -z $name ]]; then
  apt-get --quiet --option DPkg::Lock::Timeout=300 update > /dev/null || true
  name=$(current)
fi
[[ -n $name ]] || die "apt knows no linux-image-cloud-amd64; as root: apt-get update"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# As root, apt says that its own user may not write here; that is no fault.
output=$(cd "$work" && apt-get --quiet --option Acquire::Retries=3 download "$name" 2>&1) ||
  die "$name could not be downloaded: $output"
dpkg-deb --extract "$work/$name"_*.deb "$work/unpacked"
mkdir -p "$(dirname "$folder")"
rm -rf "$folder"
mv "$work/unpacked" "$folder"
