# Several outputs: what belongs where, and how a build is told.

# _overrideFirst NAME CANDIDATE...: the first candidate that is an output, unless NAME is set.
_overrideFirst() {
  local name=$1 candidate
  shift
  [ -z "${!name-}" ] || return 0
  for candidate in "$@"; do
    if [[ $candidate = /* || " $(getAllOutputNames) " = *" $candidate "* ]]; then
      declare -g "$name=$candidate"
      return 0
    fi
  done
  declare -g "$name=${*: -1}"
}

_first=$(getAllOutputNames)
_first=${_first%% *}
[[ " $(getAllOutputNames) " != *" out "* ]] || _first=out
# What no output is named for goes where the rest goes.
_overrideFirst outputBin bin "$_first"
_overrideFirst outputLib lib "$_first"
_overrideFirst outputDev dev "$_first"
_overrideFirst outputInclude "$outputDev"
_overrideFirst outputDoc doc "$_first"
_overrideFirst outputDevdoc devdoc REMOVE
_overrideFirst outputMan man "$outputBin"
_overrideFirst outputDevman devman devdoc "$outputMan"
_overrideFirst outputInfo info "$outputBin"
_firstPath=${!_first-}
prefix=${prefix:-$_firstPath}
export prefix

# Where an output that may be none of this derivation lies.
_outputPath() {
  local name=${!1-}
  echo "${!name-}"
}

_multioutConfig() {
  [[ "$(getAllOutputNames)" = *" "* ]] && [ -z "${dontSetOutputFlags-}" ] && [ "${setOutputFlags-1}" ] || return 0
  local doc=${shareDocName-}
  if [ -z "$doc" ]; then
    doc=${pname:-$(sed 's/-[0-9].*//' <<< "$name")}
  fi
  prependToVar configureFlags \
    "--bindir=${!outputBin}/bin" "--sbindir=${!outputBin}/sbin" \
    "--includedir=${!outputInclude}/include" "--oldincludedir=${!outputInclude}/include" \
    "--mandir=${!outputMan}/share/man" "--infodir=${!outputInfo}/share/info" \
    "--docdir=${!outputDoc}/share/doc/$doc" \
    "--libdir=${!outputLib}/lib" "--libexecdir=${!outputLib}/libexec" \
    "--localedir=${!outputLib}/share/locale"
  prependToVar installFlags \
    "pkgconfigdir=${!outputDev}/lib/pkgconfig" "m4datadir=${!outputDev}/share/aclocal" \
    "aclocaldir=${!outputDev}/share/aclocal"
}
preConfigureHooks+=(_multioutConfig)

# moveToOutput PATTERN FOLDER: from every output to FOLDER, which is another one such as "$dev",
# below the same name; REMOVE takes it away.
moveToOutput() {
  local pattern=$1 target=$2 output path relative folder
  [[ $target == /* || $target == REMOVE ]] || die "moveToOutput: '$target' is no output's path; \"\$dev\" is that of the output dev, if there is one"
  for output in $(getAllOutputNames); do
    [ "${!output}" != "$target" ] || continue
    for path in "${!output}"/$pattern; do
      [ -e "$path" ] || [ -L "$path" ] || continue
      if [ "$target" = REMOVE ]; then
        rm -rf -- "$path"
      else
        relative=${path#"${!output}"/}
        nixLog "moving $path to $target/$relative"
        if [ -d "$target/$relative" ] && [ -d "$path" ]; then
          cp -a -- "$path/." "$target/$relative/"
          rm -rf -- "$path"
        else
          mkdir -p -- "$(dirname -- "$target/$relative")"
          mv -- "$path" "$target/$relative"
        fi
      fi
      folder=$(dirname -- "$path")
      while [ "$folder" != "${!output}" ] && rmdir -- "$folder" 2> /dev/null; do
        folder=$(dirname -- "$folder")
      done
    done
  done
}

_multioutDocs() {
  # What is for an output of this name goes nowhere.
  local REMOVE=REMOVE
  moveToOutput share/info "${!outputInfo}"
  moveToOutput share/doc "${!outputDoc}"
  moveToOutput share/gtk-doc "${!outputDevdoc}"
  moveToOutput share/devhelp/books "${!outputDevdoc}"
  moveToOutput share/man "${!outputMan}"
  moveToOutput share/man/man3 "${!outputDevman}"
}

_multioutDevs() {
  [[ "$(getAllOutputNames)" = *" "* ]] && [ -z "${dontMoveToDev-}" ] && [ "${moveToDev-1}" ] || return 0
  local file output
  moveToOutput include "${!outputInclude}"
  moveToOutput lib/pkgconfig "${!outputDev}"
  moveToOutput share/pkgconfig "${!outputDev}"
  moveToOutput lib/cmake "${!outputDev}"
  moveToOutput share/aclocal "${!outputDev}"
  for file in "${!outputDev}"/{lib,share}/pkgconfig/*.pc; do
    [ -f "$file" ] || continue
    sed -i "s|^includedir=.*|includedir=${!outputInclude}/include|" "$file"
  done
}
if [ -n "${out-}${_firstPath-}" ]; then
  preFixupHooks+=(_multioutDocs _multioutDevs)
fi
