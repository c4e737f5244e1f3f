# The phases that make a tree of sources: unpack, patch.

_defaultUnpack() {
  local source=$1 target
  if [ -d "$source" ]; then
    target=$(stripHash "$source")
    [ ! -e "$target" ] || die "cannot copy '$source' to '$target', which is there already; set sourceRoot, or give the sources other names"
    cp -r --preserve=timestamps --reflink=auto -- "$source" "$target"
  else
    case $source in
      *.tar | *.tar.* | *.tgz | *.tbz | *.tbz2 | *.txz | *.tzst)
        # The archive's owners are nobody's here.
        tar --extract --file "$source" --no-same-owner --mode=+w --warning=no-timestamp
        ;;
      *) return 1 ;;
    esac
  fi
}

unpackFile() {
  curSrc=$1
  echo "unpacking source archive $curSrc"
  if ! runOneHook unpackCmd "$curSrc"; then
    _defaultUnpack "$curSrc" || die "nothing knows how to unpack '$curSrc'; set dontUnpack, unpackCmd, or add what unpacks it to nativeBuildInputs"
  fi
}

unpackPhase() {
  runHook preUnpack
  local sources=() entry
  if [ -z "${srcs-}" ] && ! isArray srcs; then
    [ -n "${src-}" ] || die "neither src nor srcs says what to unpack; set one of them, or dontUnpack"
    sources=("$src")
  else
    concatTo sources srcs
  fi
  local -A before=()
  for entry in *; do
    [ ! -d "$entry" ] || before[$entry]=1
  done
  for entry in "${sources[@]}"; do
    unpackFile "$entry"
  done
  : "${sourceRoot=}"
  if [ -n "${setSourceRoot-}" ] || declare -F setSourceRoot > /dev/null; then
    runOneHook setSourceRoot
  elif [ -z "$sourceRoot" ]; then
    for entry in *; do
      [ -d "$entry" ] && [ -z "${before[$entry]-}" ] || continue
      [ -z "$sourceRoot" ] || die "the sources made more than one folder ($sourceRoot, $entry); set sourceRoot to the one to build in"
      sourceRoot=$entry
    done
  fi
  [ -n "$sourceRoot" ] || die "the sources made no folder; set sourceRoot (to \".\" for files at the top)"
  echo "source root is $sourceRoot"
  if [ -z "${dontMakeSourcesWritable-}" ]; then
    chmod -R u+w -- "$sourceRoot"
  fi
  _sourceDate
  runHook postUnpack
}

# What is built says that it is as new as the newest source, not as old as the first day of zip.
_sourceDate() {
  local newest
  newest=$(find "$sourceRoot" -type f -not -newermt "@$NIX_BUILD_START" -printf '%T@\n' | sort -n | tail -n 1)
  newest=${newest%.*}
  if [ -n "$newest" ] && [ "$newest" -gt "$SOURCE_DATE_EPOCH" ]; then
    export SOURCE_DATE_EPOCH=$newest
  fi
}
NIX_BUILD_START=$(($(date +%s) - 1))

patchPhase() {
  runHook prePatch
  local list=() flags=() file reader
  concatTo list patches
  concatTo flags patchFlags=-p1
  for file in "${list[@]}"; do
    echo "applying patch $file"
    case $file in
      *.gz) reader="gzip -d" ;;
      *.bz2) reader="bzip2 -d" ;;
      *.xz) reader="xz -d" ;;
      *.lzma) reader="lzma -d" ;;
      *) reader=cat ;;
    esac
    $reader < "$file" | patch "${flags[@]}"
  done
  runHook postPatch
}
