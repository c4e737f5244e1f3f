# Meson: configured in a folder of its own, built by ninja.
mesonConfigurePhase() {
  runHook preConfigure
  local flags=()
  [ -n "${dontAddPrefix-}" ] || flags+=("--prefix=$prefix")
  flags+=(
    "--libdir=${!outputLib}/lib" "--libexecdir=${!outputLib}/libexec"
    "--bindir=${!outputBin}/bin" "--sbindir=${!outputBin}/sbin"
    "--includedir=${!outputInclude}/include"
    "--mandir=${!outputMan}/share/man" "--infodir=${!outputInfo}/share/info"
    "--localedir=${!outputLib}/share/locale"
    -Dauto_features="${mesonAutoFeatures:-enabled}" -Dwrap_mode="${mesonWrapMode:-nodownload}"
    "--buildtype=${mesonBuildType:-plain}"
  )
  concatTo flags mesonFlags mesonFlagsArray
  echo "meson flags: ${flags[*]@Q}"
  meson setup "${mesonBuildDir:=build}" "${flags[@]}"
  cd "$mesonBuildDir"
  runHook postConfigure
}

mesonCheckPhase() {
  runHook preCheck
  local flags=()
  concatTo flags mesonCheckFlags mesonCheckFlagsArray
  meson test --no-rebuild --print-errorlogs --num-processes "$NIX_BUILD_CORES" "${flags[@]}"
  runHook postCheck
}

mesonInstallPhase() {
  runHook preInstall
  local flags=() tags=()
  concatTo tags mesonInstallTags
  [ "${#tags[@]}" = 0 ] || flags+=(--tags "$(concatStringsSep , mesonInstallTags)")
  concatTo flags mesonInstallFlags mesonInstallFlagsArray
  meson install --no-rebuild "${flags[@]}"
  runHook postInstall
}

if [ -z "${dontUseMesonConfigure-}" ] && [ -z "${configurePhase-}" ]; then
  configurePhase=mesonConfigurePhase
fi
if [ -z "${dontUseMesonCheck-}" ] && [ "${checkPhase-}" = ninjaCheckPhase ]; then
  checkPhase=mesonCheckPhase
fi
if [ -z "${dontUseMesonInstall-}" ] && [ "${installPhase-}" = ninjaInstallPhase ]; then
  installPhase=mesonInstallPhase
fi
