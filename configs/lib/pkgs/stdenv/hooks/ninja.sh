# Ninja: builds, checks and installs what CMake or Meson configured.
_ninja() {
  local what=$1 flags=()
  shift
  if [ "${enableParallelBuilding-1}" ]; then
    flags+=("-j$NIX_BUILD_CORES")
  else
    flags+=(-j1)
  fi
  concatTo flags ninjaFlags ninjaFlagsArray "$@"
  echo "$what flags: ${flags[*]@Q}"
  TERM=dumb ninja "${flags[@]}"
}

ninjaBuildPhase() {
  runHook preBuild
  _ninja build buildFlags buildFlagsArray
  runHook postBuild
}

ninjaCheckPhase() {
  runHook preCheck
  _ninja check checkFlags checkFlagsArray checkTarget=test
  runHook postCheck
}

ninjaInstallPhase() {
  runHook preInstall
  _ninja install installFlags installFlagsArray installTargets=install
  runHook postInstall
}

if [ -z "${dontUseNinjaBuild-}" ] && [ -z "${buildPhase-}" ]; then
  buildPhase=ninjaBuildPhase
fi
if [ -z "${dontUseNinjaCheck-}" ] && [ -z "${checkPhase-}" ]; then
  checkPhase=ninjaCheckPhase
fi
if [ -z "${dontUseNinjaInstall-}" ] && [ -z "${installPhase-}" ]; then
  installPhase=ninjaInstallPhase
fi
