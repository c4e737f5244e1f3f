# Programs in wrappers that set their environment.

# makeWrapper PROGRAM WRAPPER OPTION...
makeWrapper() {
  local original=$1 wrapper=$2 argv0= flags= append= separator value name
  shift 2
  [ -x "$original" ] && [ ! -d "$original" ] || die "makeWrapper: '$original' is no program"
  mkdir -p -- "$(dirname -- "$wrapper")"
  local lines=()
  while [ "$#" -gt 0 ]; do
    case $1 in
      --set)
        lines+=("export $2=${3@Q}")
        shift 3
        ;;
      --set-default)
        lines+=("export $2=\${$2-${3@Q}}")
        shift 3
        ;;
      --unset)
        lines+=("unset $2")
        shift 2
        ;;
      --chdir)
        lines+=("cd ${2@Q}")
        shift 2
        ;;
      --run)
        lines+=("$2")
        shift 2
        ;;
      --prefix | --suffix)
        name=$2 separator=$3
        _wrapperList "$1" "$name" "$separator" "$4"
        shift 4
        ;;
      --prefix-each | --suffix-each)
        name=$2 separator=$3
        for value in $4; do
          _wrapperList "${1%-each}" "$name" "$separator" "$value"
        done
        shift 4
        ;;
      --prefix-contents | --suffix-contents)
        name=$2 separator=$3
        for value in $4; do
          _wrapperList "${1%-contents}" "$name" "$separator" "$(cat -- "$value")"
        done
        shift 4
        ;;
      --resolve-argv0)
        argv0='"$_program"'
        lines+=("_program=\$0" 'case $_program in */*) ;; *) _program=$(type -P -- "$0") ;; esac')
        shift
        ;;
      --add-flag)
        flags+=" ${2@Q}"
        shift 2
        ;;
      --append-flag)
        append+=" ${2@Q}"
        shift 2
        ;;
      --add-flags)
        flags+=" $2"
        shift 2
        ;;
      --append-flags)
        append+=" $2"
        shift 2
        ;;
      --argv0)
        argv0=${2@Q}
        shift 2
        ;;
      --inherit-argv0)
        argv0='"$0"'
        shift
        ;;
      *) die "makeWrapper: '$1' is not an option" ;;
    esac
  done
  {
    echo "#!/usr/bin/bash -e"
    [ "${#lines[@]}" = 0 ] || printf '%s\n' "${lines[@]}"
    echo "exec ${argv0:+-a $argv0 }${original@Q}$flags \"\$@\"$append"
  } > "$wrapper"
  chmod +x -- "$wrapper"
}

# The value is put once, at the wanted end.
_wrapperList() {
  local value=${4@Q} separator=${3@Q} name=$2
  lines+=("$name=\${$name:+$separator\$$name$separator}")
  lines+=("$name=\${$name//$separator$value$separator/$separator}")
  lines+=("$name=\${$name#$separator} $name=\${$name%$separator}")
  if [ "$1" = --prefix ]; then
    lines+=("export $name=$value\${$name:+$separator\$$name}")
  else
    lines+=("export $name=\${$name:+\$$name$separator}$value")
  fi
}

# wrapProgram PROGRAM OPTION...: the program moves aside, and its wrapper stands where it stood.
wrapProgram() {
  local program=$1 hidden
  [ -x "$program" ] && [ -f "$program" ] || die "wrapProgram: '$program' is no program"
  hidden="$(dirname -- "$program")/.$(basename -- "$program")-wrapped"
  while [ -e "$hidden" ]; do
    hidden+=_
  done
  mv -- "$program" "$hidden"
  shift
  makeWrapper "$hidden" "$program" --inherit-argv0 "$@"
}

makeShellWrapper() { makeWrapper "$@"; }
wrapProgramShell() { wrapProgram "$@"; }
