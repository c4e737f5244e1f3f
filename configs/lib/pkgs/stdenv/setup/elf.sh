# Programs and libraries: stripped, told where the store's libraries are, and asked which of
# Debian's they need.

_isElf() {
  local magic=
  { IFS= LC_ALL=C read -r -n 4 -d '' magic < "$1"; } 2> /dev/null || true
  [ "$magic" = $'\177ELF' ]
}

_elfFiles() {
  local file
  while IFS= read -r -d '' file; do
    if _isElf "$file"; then printf '%s\0' "$file"; fi
  done < <(find "$@" -type f \( -perm -0100 -o -name '*.so' -o -name '*.so.*' -o -name '*.a' -o -name '*.o' \) -print0 | sort -z)
}

# What a debugger reads goes into the output `debug`, where it is found by the files' build IDs.
if [ -n "${separateDebugInfo-}" ]; then
  NIX_CFLAGS_COMPILE+=" -ggdb"
  NIX_LDFLAGS+=" --build-id=sha1"
fi

_separateDebugInfo() {
  [ -n "${separateDebugInfo-}" ] && [ "$output" != debug ] && [ -d "$prefix" ] || return 0
  local file id target
  while IFS= read -r -d '' file; do
    [[ $file != *.a && $file != *.o ]] || continue
    id=$(readelf -n "$file" 2> /dev/null | sed -n 's/^ *Build ID: *//p')
    [ -n "$id" ] || continue
    target=$debug/lib/debug/.build-id/${id:0:2}
    mkdir -p "$target"
    objcopy --only-keep-debug --compress-debug-sections "$file" "$target/${id:2}.debug"
    chmod 444 "$target/${id:2}.debug"
    strip -p -D -S "$file"
    objcopy -p -D --add-gnu-debuglink="$target/${id:2}.debug" "$file"
  done < <(_elfFiles "$prefix")
  mkdir -p "$debug"
}

_strip() {
  [ -z "${dontStrip-}${dontStripHost-}" ] && [ -d "$prefix" ] && type -P strip > /dev/null || return 0
  local folders=() all=()
  concatTo folders stripDebugList
  [ "${#folders[@]}" -gt 0 ] || folders=(lib lib32 lib64 libexec bin sbin)
  concatTo all stripAllList
  local debugFlags=() allFlags=()
  concatTo debugFlags stripDebugFlags=-S
  concatTo allFlags stripAllFlags=-s
  _stripIn debugFlags "${folders[@]}"
  [ "${#all[@]}" = 0 ] || _stripIn allFlags "${all[@]}"
}

_stripIn() {
  local -n _flags=$1
  shift
  local folder present=() file excluded=()
  if isArray stripExclude; then
    excluded=("${stripExclude[@]}")
  else
    # As patterns, not as the files of this folder that they fit.
    read -r -a excluded <<< "${stripExclude-}"
  fi
  for folder in "$@"; do
    [ ! -d "$prefix/$folder" ] || [ -L "$prefix/$folder" ] || present+=("$prefix/$folder")
  done
  [ "${#present[@]}" -gt 0 ] || return 0
  while IFS= read -r -d '' file; do
    ! _matches "${file##*/}" "${excluded[@]}" && ! _matches "${file#"$prefix"/}" "${excluded[@]}" || continue
    if _isElf "$file" || [[ $file == *.a ]]; then
      # Members of an archive are dated and owned by whoever built it: -D leaves that out.
      strip -p -D "${_flags[@]}" "$file" 2> /dev/null || true
    fi
  done < <(find "${present[@]}" -type f -print0 | sort -z)
}

_matches() {
  local name=$1 pattern
  shift
  for pattern in "$@"; do
    # shellcheck disable=SC2053
    [[ $name != $pattern ]] || return 0
  done
  return 1
}

_shrinkRpaths() {
  [ -z "${dontPatchELF-}" ] && [ -d "$prefix" ] && type -P patchelf > /dev/null || return 0
  local file rpath
  while IFS= read -r -d '' file; do
    rpath=$(patchelf --print-rpath "$file" 2> /dev/null) || continue
    [ -n "$rpath" ] || continue
    patchelf --shrink-rpath --allowed-rpath-prefixes "$NIX_STORE" "$file"
    rpath=$(patchelf --print-rpath "$file")
    case ":$rpath:" in
      *":$NIX_BUILD_TOP"*) die "'$file' looks for libraries in the build folder: $rpath" ;;
    esac
  done < <(_elfFiles "$prefix")
}

declare -A _debianFiles=()
_listDebian() {
  local packages=() folder path
  concatTo packages debianRuntime
  [ "${#packages[@]}" -gt 0 ] || return 0
  for folder in "${packages[@]}"; do
    while IFS= read -r path; do
      _debianFiles[$path]=1
    done < <(
      cd "$folder/usr" 2> /dev/null || exit 0
      find bin sbin -maxdepth 1 ! -type d 2> /dev/null || true
      find lib lib64 ! -type d -name '*.so*' -printf '%f\n' 2> /dev/null || true
    )
  done
}

# _packageOf PATTERN...: which Debian package of the build has a file there, below its usr/.
_packageOf() {
  local pattern path
  for pattern in "$@"; do
    for path in "$NIX_STORE"/*/usr/$pattern; do
      if [ -e "$path" ]; then
        path=$(stripHash "${path%%/usr/*}")
        echo ", which Debian's $path has"
        return
      fi
    done
  done
}

# A machine has of Debian only what it is told to: everything that the outputs need must be named.
_checkDebian() {
  [ -z "${dontCheckDebianDependencies-}" ] && { [ -n "${debianRuntime-}" ] || isArray debianRuntime; } || return 0
  _listDebian
  local allowed=() output file name rpath folder found interpreter missing=
  concatTo allowed ignoreMissingDebianDependencies
  for output in $(getAllOutputNames); do
    [ -d "${!output}" ] || continue
    while IFS= read -r -d '' file; do
      [[ $file != *.a && $file != *.o ]] || continue
      rpath=$(patchelf --print-rpath "$file" 2> /dev/null) || continue
      while IFS= read -r name; do
        [ -n "$name" ] && [ -z "${_debianFiles[$name]-}" ] || continue
        found=
        for folder in ${rpath//:/ }; do
          folder=${folder//'$ORIGIN'/"$(dirname -- "$file")"}
          [ ! -e "$folder/$name" ] || found=1
        done
        [ -z "$found" ] && ! _matches "$name" "${allowed[@]}" || continue
        missing+="
  $file needs the library $name$(_packageOf "lib/*/$name" "lib/$name")"
      done < <(patchelf --print-needed "$file" 2> /dev/null)
    done < <(_elfFiles "${!output}")
    while IFS= read -r -d '' file; do
      IFS= read -r name < "$file" 2> /dev/null || true
      [[ ${name-} == '#!/'* ]] || continue
      read -r interpreter _ <<< "${name#\#!}"
      name=${interpreter#/usr}
      name=${name#/}
      [[ $interpreter != "$NIX_STORE"/* && $interpreter != */env ]] || continue
      [ -z "${_debianFiles[$name]-}" ] && ! _matches "$interpreter" "${allowed[@]}" || continue
      missing+="
  $file is a script for $interpreter$(_packageOf "$name")"
    done < <(find "${!output}" -type f -perm -0100 -print0 | sort -z)
  done
  [ -z "$missing" ] || die "on a machine this would be missing, add the Debian packages to buildInputs or debianDependencies:$missing
(or name what may be missing in ignoreMissingDebianDependencies)"
}
postFixupHooks+=(_checkDebian)
