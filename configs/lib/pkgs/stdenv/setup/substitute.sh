# Replacing text in files.

# substituteStream NAME DESCRIPTION OPTION...: replace in the variable NAME.
substituteStream() {
  local _var=$1 _what=$2 _old _new _name
  shift 2
  while [ "$#" -gt 0 ]; do
    case $1 in
      --replace | --replace-fail | --replace-warn | --replace-quiet)
        _old=$2 _new=$3
        [ -n "$_old" ] || die "substitute: $1 is given nothing to replace in $_what"
        case ${!_var} in
          *"$_old"*) ;;
          *)
            case $1 in
              --replace-fail) die "substitute: $_what has no '$_old' to replace" ;;
              --replace | --replace-warn) nixLog "warning: substitute: $_what has no '$_old' to replace" ;;
            esac
            ;;
        esac
        shift 3
        ;;
      --subst-var)
        _name=$2
        [[ $_name =~ ^[a-zA-Z_][a-zA-Z0-9_]*$ ]] || die "substitute: '$_name' is not a variable's name"
        [ -n "${!_name+x}" ] || die "substitute: the variable '$_name' for $_what is not set"
        _old="@$_name@" _new=${!_name}
        shift 2
        ;;
      --subst-var-by)
        _old="@$2@" _new=$3
        shift 3
        ;;
      *) die "substitute: '$1' is not an option" ;;
    esac
    declare -g "$_var=${!_var//"$_old"/"$_new"}"
  done
}

# substitute IN OUT OPTION...
substitute() {
  local input=$1 output=$2
  shift 2
  [ -f "$input" ] || die "substitute: there is no file '$input'"
  _substituted=$(cat -- "$input" && printf x)
  _substituted=${_substituted%x}
  substituteStream _substituted "'$input'" "$@"
  printf '%s' "$_substituted" > "$output"
}

# substituteInPlace FILE... OPTION...
substituteInPlace() {
  local files=() file
  while [ "$#" -gt 0 ] && [[ $1 != --* ]]; do
    files+=("$1")
    shift
  done
  [ "${#files[@]}" -gt 0 ] || die "substituteInPlace: no file is given"
  for file in "${files[@]}"; do
    substitute "$file" "$file" "$@"
  done
}

_allVariables() {
  local name
  for name in $(compgen -e | sort); do
    [[ $name =~ ^[a-z][a-zA-Z0-9_]*$ ]] || continue
    _allOptions+=(--subst-var "$name")
  done
}

# substituteAll IN OUT: each @name@ of a variable of the environment that begins in lower case.
substituteAll() {
  local _allOptions=()
  _allVariables
  substitute "$1" "$2" "${_allOptions[@]}"
}

substituteAllInPlace() {
  substituteAll "$1" "$1"
}
