# Lists are arrays with structured attributes, and else words of a string.

# isArray NAME
isArray() {
  [[ "$(declare -p "$1" 2> /dev/null)" =~ ^declare\ -[a-zA-Z]*a ]]
}

# concatTo ARRAY NAME...: add the items of each variable; NAME=DEFAULT gives items when it is unset.
concatTo() {
  local -n _target=$1
  shift
  local _arg _name _default
  for _arg in "$@"; do
    _name=${_arg%%=*}
    _default=
    [ "$_name" = "$_arg" ] || _default=${_arg#*=}
    if isArray "$_name"; then
      local -n _source=$_name
      if [ "${#_source[@]}" -gt 0 ]; then
        _target+=("${_source[@]}")
        _default=
      fi
      unset -n _source
    elif [ -n "${!_name-}" ]; then
      case $_name in
        # A name that ends so is one of the shell's own arrays, that a hook may have made a string.
        *Array) _target+=("${!_name}") ;;
        *)
          # shellcheck disable=SC2206
          local _words=(${!_name})
          _target+=("${_words[@]}")
          ;;
      esac
      _default=
    fi
    if [ -n "$_default" ]; then
      _target+=("$_default")
    fi
  done
}

# concatStringsSep SEPARATOR NAME: the items of a variable as one string.
concatStringsSep() {
  local sep=$1 joined= item first=1
  local items=()
  concatTo items "$2"
  for item in "${items[@]}"; do
    [ "$first" ] || joined+=$sep
    joined+=$item
    first=
  done
  printf '%s' "$joined"
}

# prependToVar NAME ITEM..., appendToVar NAME ITEM...
prependToVar() {
  local _name=$1
  shift
  if isArray "$_name" || [ "$isStructured" ]; then
    local -n _list=$_name
    _list=("$@" "${_list[@]}")
  else
    declare -g "$_name=$* ${!_name-}"
  fi
}

appendToVar() {
  local _name=$1
  shift
  if isArray "$_name" || [ "$isStructured" ]; then
    local -n _list=$_name
    _list+=("$@")
  else
    declare -g "$_name=${!_name-} $*"
  fi
}

# stripHash PATH: the name that it was given, without its hash.
stripHash() {
  local base
  base=$(basename -- "$1")
  if [[ $base =~ ^[a-z0-9]{32}- ]]; then
    base=${base:33}
  fi
  printf '%s\n' "$base"
}
