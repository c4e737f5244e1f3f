# Inputs: what each brings is found, its hooks are run, and paths are set.
#
# An input stands at an offset: -1 runs while building, 0 is for the machine, 1 for what that builds.

declare -A _seenInputs=()
pkgsBuildBuild=() pkgsBuildHost=() pkgsBuildTarget=()
pkgsHostHost=() pkgsHostTarget=() pkgsTargetTarget=()
envBuildBuildHooks=() envBuildHostHooks=() envBuildTargetHooks=()
envHostHostHooks=() envHostTargetHooks=() envTargetTargetHooks=()
preConfigureHooks=(${preConfigureHooks[@]+"${preConfigureHooks[@]}"})
fixupOutputHooks=() preFixupHooks=() postFixupHooks=() unpackCmdHooks=() postUnpackHooks=()
preUnpackHooks=() prePatchHooks=() postPatchHooks=() postConfigureHooks=() preBuildHooks=()
postBuildHooks=() preCheckHooks=() postCheckHooks=() preInstallHooks=() postInstallHooks=()
preInstallCheckHooks=() postInstallCheckHooks=() preDistHooks=() postDistHooks=()

# addEnvHooks OFFSET FUNCTION: call it for every input of that offset.
addEnvHooks() {
  local offset=$1
  shift
  case $offset in
    -1) envBuildHostHooks+=("$@") envBuildBuildHooks+=("$@") envBuildTargetHooks+=("$@") ;;
    0) envHostTargetHooks+=("$@") envHostHostHooks+=("$@") ;;
    1) envTargetTargetHooks+=("$@") ;;
    *) die "addEnvHooks: the offset is '$offset', expect -1, 0 or 1" ;;
  esac
}

# addToSearchPath NAME FOLDER: if it is there.
addToSearchPathWithCustomDelimiter() {
  local delimiter=$1 name=$2 folder=$3
  if [ -d "$folder" ]; then
    declare -gx "$name=${!name:+${!name}$delimiter}$folder"
  fi
}

addToSearchPath() {
  addToSearchPathWithCustomDelimiter : "$@"
}

_pkgsName() {
  case $1 in
    "-1 -1") echo pkgsBuildBuild ;;
    "-1 0") echo pkgsBuildHost ;;
    "-1 1") echo pkgsBuildTarget ;;
    "0 0") echo pkgsHostHost ;;
    "0 1") echo pkgsHostTarget ;;
    "1 1") echo pkgsTargetTarget ;;
  esac
}

# _findInput PATH HOST TARGET: note it, and what it propagates.
_findInput() {
  local path=$1 host=$2 target=$3 list other
  [ -z "${_seenInputs[$path $host $target]-}" ] || return 0
  _seenInputs[$path $host $target]=1
  [ -e "$path" ] || die "the input '$path' does not exist"
  list=$(_pkgsName "$host $target")
  local -n _list=$list
  _list+=("$path")
  unset -n _list
  [ -d "$path/nix-support" ] || return 0
  if [ -f "$path/nix-support/propagated-build-inputs" ]; then
    for other in $(< "$path/nix-support/propagated-build-inputs"); do
      _findInput "$other" "$host" "$target"
    done
  fi
  if [ -f "$path/nix-support/propagated-native-build-inputs" ]; then
    for other in $(< "$path/nix-support/propagated-native-build-inputs"); do
      _findInput "$other" -1 0
    done
  fi
}

_findInputs() {
  local host=$1 target=$2 path
  shift 2
  local paths=()
  concatTo paths "$@"
  for path in "${paths[@]}"; do
    _findInput "$path" "$host" "$target"
  done
}

_findInputs -1 -1 depsBuildBuild depsBuildBuildPropagated
_findInputs -1 0 nativeBuildInputs propagatedNativeBuildInputs
_findInputs -1 1 depsBuildTarget depsBuildTargetPropagated
_findInputs 0 0 depsHostHost depsHostHostPropagated
_findInputs 0 1 buildInputs propagatedBuildInputs
_findInputs 1 1 depsTargetTarget depsTargetTargetPropagated

# What the inputs bring goes before Debian's own.
_inputPath=
_addToPath() {
  local folder
  for folder in "$1/bin" "$1/sbin"; do
    [ ! -d "$folder" ] || _inputPath+="$folder:"
  done
}

_sourceHook() {
  local path=$1 hostOffset=$2 targetOffset=$3
  if [ -f "$path" ]; then
    # shellcheck disable=SC1090
    source "$path"
  elif [ -f "$path/nix-support/setup-hook" ]; then
    # shellcheck disable=SC1091
    source "$path/nix-support/setup-hook"
  fi
}

export NIX_CFLAGS_COMPILE=${NIX_CFLAGS_COMPILE-} NIX_LDFLAGS=${NIX_LDFLAGS-}
# Of what a package looks like every compiler and pkg-config knows.
_addLibrary() {
  local folder
  [ ! -d "$1/include" ] || NIX_CFLAGS_COMPILE+=" -isystem $1/include"
  for folder in "$1/lib" "$1/lib64"; do
    [ ! -d "$folder" ] || NIX_LDFLAGS+=" -L$folder -rpath=$folder"
  done
  addToSearchPath PKG_CONFIG_PATH "$1/lib/pkgconfig"
  addToSearchPath PKG_CONFIG_PATH "$1/share/pkgconfig"
  addToSearchPath ACLOCAL_PATH "$1/share/aclocal"
  addToSearchPath XDG_DATA_DIRS "$1/share"
  addToSearchPath PYTHONPATH "$1/lib/python3/dist-packages"
}

for _path in "${pkgsBuildBuild[@]}" "${pkgsBuildHost[@]}" "${pkgsBuildTarget[@]}"; do
  _addToPath "$_path"
  addToSearchPath PYTHONPATH "$_path/lib/python3/dist-packages"
done
if [ -z "${strictDeps-}" ]; then
  for _path in "${pkgsHostHost[@]}" "${pkgsHostTarget[@]}"; do
    _addToPath "$_path"
  done
fi
export PATH="$_inputPath${defaultCompilers:+$defaultCompilers/bin:}$PATH"
[ -z "${defaultCompilers-}" ] || export CC=${CC:-gcc} CXX=${CXX:-g++} CPP=${CPP:-cpp}

for _path in "${pkgsHostHost[@]}" "${pkgsHostTarget[@]}"; do
  _addLibrary "$_path"
done
for _path in "${pkgsBuildBuild[@]}"; do _sourceHook "$_path" -1 -1; done
for _path in "${pkgsBuildHost[@]}"; do _sourceHook "$_path" -1 0; done
for _path in "${pkgsBuildTarget[@]}"; do _sourceHook "$_path" -1 1; done
for _path in "${pkgsHostHost[@]}"; do _sourceHook "$_path" 0 0; done
for _path in "${pkgsHostTarget[@]}"; do _sourceHook "$_path" 0 1; done
for _path in "${pkgsTargetTarget[@]}"; do _sourceHook "$_path" 1 1; done

_runEnvHooks() {
  local -n _packages=$1 _functions=$2
  local path function
  for path in "${_packages[@]}"; do
    for function in "${_functions[@]}"; do
      "$function" "$path"
    done
  done
}
_runEnvHooks pkgsBuildBuild envBuildBuildHooks
_runEnvHooks pkgsBuildHost envBuildHostHooks
_runEnvHooks pkgsBuildTarget envBuildTargetHooks
_runEnvHooks pkgsHostHost envHostHostHooks
_runEnvHooks pkgsHostTarget envHostTargetHooks
_runEnvHooks pkgsTargetTarget envTargetTargetHooks

# What is switched on against faults: `hardeningDisable` takes away, `hardeningEnable` adds. Debian's
# compiler makes position-independent programs by itself: without `pie` it is told not to.
_hardening() {
  local flag enabled=" fortify stackprotector stackclashprotection format strictoverflow relro bindnow "
  local off=() on=()
  concatTo off hardeningDisable
  concatTo on hardeningEnable
  for flag in "${on[@]}"; do enabled+="$flag "; done
  for flag in "${off[@]}"; do
    [ "$flag" != all ] || enabled=" "
    enabled=${enabled// $flag / }
    [ "$flag" != fortify ] || enabled=${enabled// fortify3 / }
    [ "$flag" != pie ] || enabled+="nopie "
  done
  export NIX_HARDENING_ENABLE=$enabled
}
_hardening
