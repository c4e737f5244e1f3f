# configure, build, check

configurePhase() {
  runHook preConfigure
  # What autoconf or libtool wrote down as the compiler's own paths is none of the sandbox's.
  export CONFIG_SHELL=${CONFIG_SHELL:-/usr/bin/bash}
  : "${configureScript=}"
  if [ -z "$configureScript" ] && [ -x ./configure ]; then
    configureScript=./configure
  fi
  if [ -n "$configureScript" ]; then
    local flags=()
    if [ -z "${dontAddPrefix-}" ] && [ -n "$prefix" ]; then
      flags+=("${prefixKey:---prefix=}$prefix")
    fi
    if [ -f "$configureScript" ]; then
      if [ -z "${dontDisableStatic-}" ] && grep -q enable-static "$configureScript"; then
        flags+=(--disable-static)
      fi
      if [ -z "${dontAddDisableDepTrack-}" ] && grep -q dependency-tracking "$configureScript"; then
        flags+=(--disable-dependency-tracking)
      fi
    fi
    local platforms=() platform
    concatTo platforms configurePlatforms
    for platform in "${platforms[@]}"; do
      case $platform in
        build) flags+=("--build=$buildConfig") ;;
        host) flags+=("--host=$hostConfig") ;;
        target) flags+=("--target=$hostConfig") ;;
        *) die "configurePlatforms: '$platform' is none of build, host, target" ;;
      esac
    done
    concatTo flags configureFlags configureFlagsArray
    echo "configure flags: ${flags[*]@Q}"
    # shellcheck disable=SC2086
    $configureScript "${flags[@]}"
  else
    echo "no configure script, doing nothing"
  fi
  runHook postConfigure
}

_parallel() {
  if [ -n "${enableParallelBuilding-}" ] && [ -n "$1" ]; then
    echo "-j$NIX_BUILD_CORES"
  fi
}

_hasMakefile() {
  [ -n "${makefile-}" ] || [ -e Makefile ] || [ -e makefile ] || [ -e GNUmakefile ]
}

# _make WHAT NAME...: make, with the flags of all makes and those of this phase.
_make() {
  local what=$1 flags=() jobs
  shift
  jobs=$(_parallel "${enableParallel-1}")
  [ -z "$jobs" ] || flags+=("$jobs")
  flags+=(SHELL=/usr/bin/bash)
  concatTo flags makeFlags makeFlagsArray "$@"
  echo "$what flags: ${flags[*]@Q}"
  make ${makefile:+-f "$makefile"} "${flags[@]}"
}

buildPhase() {
  runHook preBuild
  if [ -z "${makeFlags-}" ] && ! _hasMakefile; then
    echo "no Makefile, doing nothing"
  else
    _make build buildFlags buildFlagsArray
  fi
  runHook postBuild
}

checkPhase() {
  runHook preCheck
  if ! _hasMakefile; then
    echo "no Makefile, doing nothing"
  else
    if [ -z "${checkTarget-}" ]; then
      if make -n ${makefile:+-f "$makefile"} check > /dev/null 2>&1; then
        checkTarget=check
      elif make -n ${makefile:+-f "$makefile"} test > /dev/null 2>&1; then
        checkTarget=test
      fi
    fi
    if [ -z "${checkTarget-}" ]; then
      echo "no target check or test, doing nothing"
    else
      enableParallel=${enableParallelChecking-1} _make check checkFlags=VERBOSE=y checkFlagsArray checkTarget
    fi
  fi
  runHook postCheck
}
