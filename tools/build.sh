# shellcheck shell=bash
# What ./run and ./test share; sourced with the repository root as working directory.

# No ccache: no launcher. The base directory makes its results serve every checkout of this tree.
if command -v ccache > /dev/null; then
  export RTCSCOPE_COMPILER_LAUNCHER=${RTCSCOPE_COMPILER_LAUNCHER-ccache}
  export CCACHE_BASEDIR=${CCACHE_BASEDIR-$PWD} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR-1}
fi

# npm wants to write its cache; a service account may have no home.
[[ -w ${HOME-/nonexistent} ]] || export npm_config_cache=$PWD/build/npm-cache

# phase <words> -- <command...>: runs it and says how long it took
phase() {
  local words=() start=$SECONDS
  while [[ $1 != -- ]]; do
    words+=("$1")
    shift
  done
  shift
  printf -- '--- %s\n' "${words[*]}"
  "$@"
  printf -- '--- %s: %d s\n' "${words[*]}" $((SECONDS - start))
}

compile() {
  cmake --preset "$1"
  cmake --build --preset "$1"
}

npm_install() {
  npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund
}

# web_is_stale: true if the dashboard was never built, or a source is newer than what was built
web_is_stale() {
  [[ ! -e web/dist/index.html ]] ||
    [[ -n $(find web \( -path web/node_modules -o -path web/dist \) -prune \
      -o -type f -newer web/dist/index.html -print -quit) ]]
}

build_web() {
  npm_install web
  npm run build --prefix web
}
