# Autotools: what configure is made of is made again.
autoreconfPhase() {
  runHook preAutoreconf
  local flags=()
  concatTo flags autoreconfFlags
  [ "${#flags[@]}" -gt 0 ] || flags=(--install --force --verbose)
  autoreconf "${flags[@]}"
  runHook postAutoreconf
}
appendToVar preConfigurePhases autoreconfPhase
