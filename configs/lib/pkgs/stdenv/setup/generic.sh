# genericBuild: all phases in their order.
genericBuild() {
  # Libraries of the store that the result itself installs are found by its own programs.
  if [ -n "${outputLib-}" ] && [ -n "${!outputLib-}" ]; then
    NIX_LDFLAGS="-rpath=${!outputLib}/lib $NIX_LDFLAGS"
  fi
  if [ -f "${buildCommandPath-}" ]; then
    # shellcheck disable=SC1090
    source "$buildCommandPath"
    return
  fi
  if [ -n "${buildCommand-}" ]; then
    eval "$buildCommand"
    return
  fi
  local _phases=() _phase
  if [ -n "${phases-}" ]; then
    concatTo _phases phases
  else
    concatTo _phases prePhases
    _phases+=(unpackPhase patchPhase)
    concatTo _phases preConfigurePhases
    _phases+=(configurePhase)
    concatTo _phases preBuildPhases
    _phases+=(buildPhase checkPhase)
    concatTo _phases preInstallPhases
    _phases+=(installPhase)
    concatTo _phases preFixupPhases
    _phases+=(fixupPhase installCheckPhase)
    concatTo _phases preDistPhases
    _phases+=(distPhase)
    concatTo _phases postPhases
  fi
  for _phase in "${_phases[@]}"; do
    runPhase "$_phase"
  done
}
cd "${NIX_BUILD_TOP:-.}"
runHook postHook
