# The program tells its version, in an environment with nothing in it.
versionCheckPhase() {
  runHook preVersionCheck
  local program=${versionCheckProgram-} argument told arguments=(--help --version)
  if [ -z "$program" ]; then
    program=${!outputBin}/bin/${NIX_MAIN_PROGRAM:-${pname-}}
    [ "${program##*/}" ] || die "versionCheckHook: give versionCheckProgram, meta.mainProgram or pname"
  fi
  [ -x "$program" ] || die "versionCheckHook: there is no program '$program'; give versionCheckProgram"
  [ -z "${versionCheckProgramArg-}" ] || arguments=("$versionCheckProgramArg")
  for argument in "${arguments[@]}"; do
    told=$(env --ignore-environment "$program" "$argument" 2>&1 < /dev/null) || true
    if grep -qF -- "$version" <<< "$told"; then
      echo "versionCheckHook: '$program $argument' tells version $version"
      runHook postVersionCheck
      return
    fi
    printf "versionCheckHook: '%s %s' tells no version %s:\n%s\n" "$program" "$argument" "$version" "$told" >&2
  done
  die "versionCheckHook: no version $version was found"
}

if [ -z "${dontVersionCheck-}" ]; then
  preInstallCheckHooks+=(versionCheckPhase)
fi
