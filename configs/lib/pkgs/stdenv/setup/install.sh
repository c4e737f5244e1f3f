# install, installCheck, dist

installPhase() {
  runHook preInstall
  if [ -z "${makeFlags-}" ] && ! _hasMakefile; then
    die "there is no Makefile to install with; give an installPhase"
  fi
  [ -z "$prefix" ] || mkdir -p -- "$prefix"
  enableParallel=${enableParallelInstalling-1} _make install installFlags installFlagsArray installTargets=install
  runHook postInstall
}

installCheckPhase() {
  runHook preInstallCheck
  local target=${installCheckTarget:-installcheck}
  if ! _hasMakefile || ! make -n ${makefile:+-f "$makefile"} "$target" > /dev/null 2>&1; then
    echo "no target $target, doing nothing"
  else
    installCheckTarget=$target
    enableParallel=${enableParallelChecking-1} _make installcheck installCheckFlags installCheckFlagsArray installCheckTarget
  fi
  runHook postInstallCheck
}

distPhase() {
  runHook preDist
  _make dist distFlags distFlagsArray distTarget=dist
  if [ -z "${dontCopyDist-}" ]; then
    mkdir -p "$out/tarballs"
    local archives=()
    concatTo archives "tarballs=*.tar.gz"
    # shellcheck disable=SC2068
    cp -pvd ${archives[@]} "$out/tarballs"
  fi
  runHook postDist
}
