# Hooks: `preX` and `postX` are strings or functions that a derivation gives, `preXHooks` and
# `postXHooks` lists of functions that packages add.

_callImplicitHook() {
  if declare -F "$2" > /dev/null; then
    "$2" "${@:3}"
  elif [ -n "${!2-}" ]; then
    _eval "${!2}" "${@:3}"
  else
    return "$1"
  fi
}

_eval() {
  if declare -F -- "$1" > /dev/null 2>&1; then
    "$@"
  else
    eval "$1"
  fi
}

# runHook NAME
runHook() {
  local hookName=$1 _hook
  shift
  local _hooks="${hookName%Hook}Hooks[@]"
  _callImplicitHook 0 "$hookName" "$@"
  for _hook in "${!_hooks}"; do
    _eval "$_hook" "$@"
  done
}

# runOneHook NAME: the first hook that succeeds.
runOneHook() {
  local hookName=$1 _hook
  shift
  local _hooks="${hookName%Hook}Hooks[@]"
  for _hook in "_callImplicitHook 1 $hookName" "${!_hooks}"; do
    if eval "$_hook \"\$@\""; then
      return 0
    fi
  done
  return 1
}

# runPhase NAME: a phase, unless the derivation leaves it out.
runPhase() {
  local curPhase=$1
  case $curPhase in
    unpackPhase) [ -z "${dontUnpack-}" ] || return 0 ;;
    patchPhase) [ -z "${dontPatch-}" ] || return 0 ;;
    configurePhase) [ -z "${dontConfigure-}" ] || return 0 ;;
    buildPhase) [ -z "${dontBuild-}" ] || return 0 ;;
    checkPhase) [ -n "${doCheck-}" ] || return 0 ;;
    installPhase) [ -z "${dontInstall-}" ] || return 0 ;;
    fixupPhase) [ -z "${dontFixup-}" ] || return 0 ;;
    installCheckPhase) [ -n "${doInstallCheck-}" ] || return 0 ;;
    distPhase) [ -n "${doDist-}" ] || return 0 ;;
  esac
  echo "Running phase: $curPhase"
  export curPhase
  if [ -n "${!curPhase-}" ]; then
    eval "${!curPhase}"
  else
    "$curPhase"
  fi
  if [ "$curPhase" = unpackPhase ]; then
    [ -z "${sourceRoot-}" ] || chmod +x -- "$sourceRoot"
    cd -- "${sourceRoot:-.}"
  fi
}
