#!/usr/bin/env bash
# Makes a libstdc++.so.6 that adds to the system's what TorchSharp's library asks of it: ./make.sh SYSTEM_LIBRARY FOLDER
#
# TorchSharp is built with GCC 13 and wants the version GLIBCXX_3.4.32, for one empty function that older C++ runtimes (Debian 12,
# Ubuntu 22.04, RHEL 9) do not have. The library made here defines every version of the system's one and those up to 3.4.32, holds
# that function, and takes everything else from the system's library, which it needs by its full path. Its folder stands first in
# LD_LIBRARY_PATH of every process that loads TorchSharp: .NET itself loads libstdc++ before any managed code runs.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
system=$1
folder=$2
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

versions() { objdump -p "$1" | sed -n '/^Version definitions:/,/^Version References:/s/^[0-9]* 0x00 0x[0-9a-f]* \(.*\)$/\1/p' | tr -d ' '; }

mapfile -t have < <(versions "$system")
((${#have[@]} > 0)) || { echo "$system defines no versions: is it a libstdc++?" >&2; exit 1; }
has() { [[ " ${have[*]} " == *" $1 "* ]]; }

# Stands in for the system's library while linking: what is recorded is its full path.
gcc -shared -o "$scratch/system.so" -xc /dev/null -Wl,-soname,"$system"

flags=("-DSYSTEM=\"$system\"")
{
  for version in "${have[@]}"; do printf '%s { };\n' "$version"; done
  if ! has GLIBCXX_3.4.30; then
    flags+=(-DWAIT)
    printf 'GLIBCXX_3.4.30 { global: _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE; };\n'
  fi
  has GLIBCXX_3.4.31 || printf 'GLIBCXX_3.4.31 { };\n'
  printf 'GLIBCXX_3.4.32 { global: _ZSt21ios_base_library_initv; local: *; };\n'
} >"$scratch/compat.map"
mkdir -p -- "$folder"
gcc -shared -fPIC -O2 "${flags[@]}" -o "$folder/.libstdc++.so.6.$$" "$here/compat.c" -Wl,-soname,libstdc++.so.6 \
  -Wl,--version-script="$scratch/compat.map" -Wl,--no-as-needed "$scratch/system.so"
mv -f -- "$folder/.libstdc++.so.6.$$" "$folder/libstdc++.so.6"
