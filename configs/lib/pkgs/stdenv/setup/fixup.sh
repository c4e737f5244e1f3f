# fixup: what was installed becomes what a store should hold.

fixupPhase() {
  local output
  for output in $(getAllOutputNames); do
    if [ -e "${!output}" ] && [ ! -L "${!output}" ]; then
      chmod -R u+w,u-s,g-s -- "${!output}"
    fi
  done
  runHook preFixup
  for output in $(getAllOutputNames); do
    prefix=${!output} output=$output runHook fixupOutput
  done
  _writePropagated
  runHook postFixup
}

_propagated() {
  local file=$1 items=()
  shift
  concatTo items "$@"
  if [ "${#items[@]}" -gt 0 ]; then
    mkdir -p "${!outputDev}/nix-support"
    printf '%s ' "${items[@]}" > "${!outputDev}/nix-support/$file"
  fi
}

_writePropagated() {
  [ -n "$outputDev" ] && [ -n "${!outputDev-}" ] || return 0
  # Who builds with the headers needs the libraries too, and the programs that go with them.
  local _brought=() _output
  if [[ "$(getAllOutputNames)" = *" "* ]]; then
    for _output in ${propagatedBuildOutputs-$outputBin $outputInclude $outputLib}; do
      [ "$_output" = "$outputDev" ] || [[ " ${_brought[*]} " = *" ${!_output} "* ]] || [ ! -e "${!_output}" ] || _brought+=("${!_output}")
    done
  fi
  _propagated propagated-build-inputs propagatedBuildInputs _brought
  _propagated propagated-native-build-inputs propagatedNativeBuildInputs
  local _hooks=() _hook
  concatTo _hooks setupHook setupHooks
  for _hook in "${_hooks[@]}"; do
    mkdir -p "${!outputDev}/nix-support"
    substituteAll "$_hook" "${!outputDev}/nix-support/setup-hook.part"
    cat "${!outputDev}/nix-support/setup-hook.part" >> "${!outputDev}/nix-support/setup-hook"
    rm "${!outputDev}/nix-support/setup-hook.part"
  done
  local _forUsers=()
  concatTo _forUsers propagatedUserEnvPkgs
  if [ "${#_forUsers[@]}" -gt 0 ]; then
    mkdir -p "${!outputBin}/nix-support"
    printf '%s ' "${_forUsers[@]}" > "${!outputBin}/nix-support/propagated-user-env-packages"
  fi
}

# share/man and share/doc, wherever an old build put them; then each has its output.
_moveToShare() {
  local folder output place
  for output in $(getAllOutputNames); do
    for folder in ${forceShare-man doc info}; do
      place=${!output}
      [ -d "$place/$folder" ] && [ ! -L "$place/$folder" ] || continue
      mkdir -p "$place/share"
      if [ -d "$place/share/$folder" ]; then
        cp -a "$place/$folder/." "$place/share/$folder/"
        rm -rf "${place:?}/$folder"
      else
        mv "$place/$folder" "$place/share/"
      fi
    done
  done
}
preFixupHooks=(_moveToShare "${preFixupHooks[@]}")

_moveSbin() {
  [ -z "${dontMoveSbin-}" ] && [ -d "$prefix/sbin" ] && [ ! -L "$prefix/sbin" ] || return 0
  mkdir -p "$prefix/bin"
  mv "$prefix/sbin/"* "$prefix/bin/"
  rmdir "$prefix/sbin"
  ln -s bin "$prefix/sbin"
}

_moveLib64() {
  [ -z "${dontMoveLib64-}" ] && [ -d "$prefix/lib64" ] && [ ! -L "$prefix/lib64" ] || return 0
  mkdir -p "$prefix/lib"
  cp -a "$prefix/lib64/." "$prefix/lib/"
  rm -rf "$prefix/lib64"
  ln -s lib "$prefix/lib64"
}

_compressManPages() {
  [ -z "${dontGzipMan-}" ] && [ -d "$prefix/share/man" ] || return 0
  local file target
  while IFS= read -r -d '' file; do
    gzip -9 -n -f -- "$file"
  done < <(find "$prefix/share/man" -type f -path '*/man*/*' ! -name '*.gz' ! -name '*.bz2' ! -name '*.xz' -print0 | sort -z)
  while IFS= read -r -d '' file; do
    target=$(readlink -- "$file")
    if [ -f "$(dirname -- "$file")/$target.gz" ]; then
      ln -s -- "$target.gz" "$file.gz"
      rm -- "$file"
    fi
  done < <(find "$prefix/share/man" -type l -path '*/man*/*' ! -name '*.gz' -print0 | sort -z)
}

# Units of users lie in share, as every package has them there.
_moveUserUnits() {
  local from=$prefix/lib/systemd/user to=$prefix/share/systemd/user
  [ -z "${dontMoveSystemdUserUnits-}" ] && [ -d "$from" ] && [ ! -L "$from" ] || return 0
  mkdir -p "$to"
  cp -a "$from/." "$to/"
  rm -rf "$from"
  ln -s ../../share/systemd/user "$from"
}

# libtool's own files name libraries of the build that nobody needs.
_pruneLibtool() {
  [ -z "${dontPruneLibtoolFiles-}" ] && [ -d "$prefix/lib" ] || return 0
  find "$prefix/lib" -name '*.la' -type f -exec sed -i "/^dependency_libs='/s/'.*'/''/" {} +
}

_noBuildFolder() {
  [ -z "${noAuditTmpdir-}" ] && [ -e "$prefix" ] || return 0
  local found
  found=$(grep -rlIF -- "#!$NIX_BUILD_TOP/" "$prefix" | sort | head -n 3) || true
  [ -z "$found" ] || die "these scripts are for an interpreter of the build folder, which is gone: $found"
}

# Links within an output say nothing of where the output lies.
_relativeLinks() {
  [ -z "${dontRewriteSymlinks-}" ] || return 0
  local output link target
  for output in $(getAllOutputNames); do
    [ -d "${!output}" ] || continue
    while IFS= read -r -d '' link; do
      target=$(readlink -- "$link")
      [[ $target/ == "${!output}"/* ]] || continue
      ln -snrf -- "$target" "$link"
    done < <(find "${!output}" -type l -print0)
  done
}

# What a link in the store leads to must be there; /usr and /etc are the machine's.
_noBrokenLinks() {
  [ -z "${dontCheckForBrokenSymlinks-}" ] || return 0
  local output link target broken=
  for output in $(getAllOutputNames); do
    [ -d "${!output}" ] || continue
    while IFS= read -r -d '' link; do
      target=$(readlink -- "$link")
      [[ $target == /* ]] || target=$(dirname -- "$link")/$target
      target=$(realpath -sm -- "$target")
      [[ $target == "$NIX_STORE"/* ]] && [ ! -e "$target" ] && [ ! -L "$target" ] || continue
      broken+="
  $link -> $(readlink -- "$link")"
    done < <(find "${!output}" -type l -print0 | sort -z)
  done
  [ -z "$broken" ] || die "these links lead to nothing; mend or remove them, or set dontCheckForBrokenSymlinks:$broken"
}
postFixupHooks+=(_relativeLinks _noBrokenLinks)

fixupOutputHooks+=(_moveLib64 _moveSbin _moveUserUnits _separateDebugInfo _strip _patchShebangsOfOutput _shrinkRpaths _compressManPages _pruneLibtool _noBuildFolder)
