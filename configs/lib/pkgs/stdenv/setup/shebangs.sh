# The first lines of scripts: an interpreter of the store if an input brings it, else Debian's own.

# patchShebangs [--build | --host] [--update] PATH...
patchShebangs() {
  local update= path
  while [[ ${1-} == --* ]]; do
    case $1 in
      --host | --build) ;;
      --update) update=1 ;;
      --) shift && break ;;
      *) die "patchShebangs: '$1' is not an option" ;;
    esac
    shift
  done
  echo "patching script interpreter paths in $*"
  while IFS= read -r -d '' path; do
    _patchShebang "$path" "$update"
  done < <(find "$@" -type f -perm -0100 -print0 | sort -z)
}

_patchShebang() {
  local path=$1 update=$2 line interpreter words program found rest
  { IFS= read -r line < "$path"; } 2> /dev/null || [ -n "${line-}" ] || return 0
  [[ $line == '#!'* ]] || return 0
  line=${line#\#!}
  line=${line##+([[:blank:]])}
  line=${line%$'\r'}
  read -r interpreter words <<< "$line"
  [[ $interpreter == /* ]] || return 0
  [[ $interpreter != "$NIX_STORE"/* ]] || [ "$update" ] || return 0
  if [ "$(basename -- "$interpreter")" = env ]; then
    case $words in
      "-S "*) words=${words#-S } ;;
      -*) return 0 ;;
    esac
    read -r program rest <<< "$words"
    [[ $program != *=* ]] || return 0
  else
    program=$(basename -- "$interpreter")
    rest=$words
  fi
  found=$(type -P -- "$program") || return 0
  [ -n "$found" ] || return 0
  if [ "$found${rest:+ $rest}" != "$line" ]; then
    echo "$path: interpreter directive changed from \"$line\" to \"$found${rest:+ $rest}\""
    local times
    times=$(stat -c %y -- "$path")
    sed -i -e "1 s|^.*\$|#!${found//|/\\|}${rest:+ ${rest//|/\\|}}|" -- "$path"
    touch -d "$times" -- "$path"
  fi
}

_patchShebangsOfOutput() {
  [ -z "${dontPatchShebangs-}" ] && [ -e "$prefix" ] && [ "$output" != "$outputDev" -o "$output" = "$outputBin" ] || return 0
  patchShebangs "$prefix"
}
